"""This county's rules and school calendar, read once from settings.COUNTY (see portal/settings/county.toml)."""

from functools import cache

from django.conf import settings

from portal.register.calendar import SchoolCalendar
from portal.register.rules import ServiceRules


@cache
def rules() -> ServiceRules:
    return ServiceRules.from_mapping(settings.COUNTY.get("rules", {}))


@cache
def calendar() -> SchoolCalendar:
    return SchoolCalendar.from_mapping(settings.COUNTY["calendar"])
