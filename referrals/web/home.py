"""The routes of the home screens."""


def urls() -> list:
    return []
