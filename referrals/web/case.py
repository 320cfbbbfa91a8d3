"""The routes of the case screens."""


def urls() -> list:
    return []
