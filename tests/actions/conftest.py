from tests.actions.five import world

__all__ = ["world"]
