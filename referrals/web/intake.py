"""The routes of the intake screens."""


def urls() -> list:
    return []
