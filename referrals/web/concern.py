"""The routes of the concern screens."""


def urls() -> list:
    return []
