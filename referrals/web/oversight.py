"""The routes of the oversight screens."""


def urls() -> list:
    return []
