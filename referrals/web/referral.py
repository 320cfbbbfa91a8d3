"""The routes of the referral screens."""


def urls() -> list:
    return []
