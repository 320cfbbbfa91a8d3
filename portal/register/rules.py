"""The service rules: the council's figures and labels, in one place.

Every sentence, chart, deadline and letter takes its figures from a ``ServiceRules``; no other module holds one. An
editor changes them in the site settings; ``ServiceRules.from_mapping`` turns what is stored there into this object.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, time
from typing import Any

from portal.register.codes import Category, categorise


class RuleError(ValueError):
    """A service rule has a wrong name or value. The message names the key and says what would be right."""


def _whole(default: int, low: int, high: int, basis: str) -> Any:
    return field(default=default, metadata={"low": low, "high": high, "basis": basis})


def _words(default: str, basis: str) -> Any:
    return field(default=default, metadata={"basis": basis})


@dataclass(frozen=True)
class ServiceRules:
    """Figures and labels. Percentages are whole numbers, money is whole pounds, the rest carry their unit in the name.

    Raises RuleError when a value is of the wrong type, out of range, or contradicts another one.
    """

    # Tiers: the council's own graduated response. Compared with unrounded counts.
    tier_universal_min_pct: int = _whole(90, 1, 100, "local graduated response")
    tier_universal_plus_below_pct: int = _whole(90, 1, 100, "local graduated response")
    severe_max_pct: int = _whole(50, 0, 99, "DfE: severe absence is missing half or more")
    persistent_absence_min_pct: int = _whole(10, 1, 100, "DfE: persistent absence is missing 10% or more")
    tier_window_school_weeks: int = _whole(12, 1, 60, "the council reads Universal over 12 weeks")
    min_possible_sessions_for_pct: int = _whole(20, 1, 400, "DfE bandings leave out fewer than 20 possible sessions")
    tier_universal_label: str = _words("Universal", "local graduated response")
    tier_universal_plus_label: str = _words("Universal Plus", "local graduated response")
    tier_severe_label: str = _words("Severe absence", "DfE")

    # Penalty notices: the National Framework in force since 19 August 2024.
    pn_threshold_sessions: int = _whole(10, 1, 100, "National Framework for Penalty Notices")
    pn_window_school_weeks: int = _whole(10, 1, 60, "National Framework for Penalty Notices")
    pn_codes: tuple[str, ...] = field(default=("G", "N", "O", "U"), metadata={"basis": "National Framework"})
    pn_first_amount: int = _whole(160, 0, 10_000, "SI 2007/1867 as amended by SI 2024/210")
    pn_first_reduced_amount: int = _whole(80, 0, 10_000, "as above")
    pn_first_if_within_days: int = _whole(21, 1, 365, "as above")
    pn_pay_within_days: int = _whole(28, 1, 365, "as above")
    pn_second_amount: int = _whole(160, 0, 10_000, "as above: second to the same parent for the same child")
    pn_max_notices: int = _whole(2, 1, 10, "as above: a third is not possible")
    pn_max_in_years: int = _whole(3, 1, 10, "as above")
    notice_to_improve_weeks: int = _whole(6, 1, 26, "common local practice; the council confirms")

    # Promises, in school days.
    ack_target: str = _words("automatic, same minute", "service decision")
    triage_target_school_days: int = _whole(3, 1, 60, "service decision")
    family_first_contact_target_school_days: int = _whole(5, 1, 60, "service decision: from acceptance")
    concern_first_contact_target_school_days: int = _whole(2, 1, 60, "service decision")
    # Relative to the due date: negative is before. The last two also tell the lead and the manager.
    action_reminder_school_days: tuple[int, ...] = field(
        default=(-2, 1, 5, 10), metadata={"basis": "service decision", "low": -60, "high": 60}
    )
    medical_absence_prompt_days: int = _whole(15, 1, 200, "health-needs duty: in a row or added up")
    continuous_unauthorised_prompt_days: int = _whole(10, 1, 200, "schools' return duty")
    quiet_hours: tuple[time, time] = field(default=(time(18, 0), time(7, 30)), metadata={"basis": "service decision"})
    support_agency_label: str = _words("Early Help", "local name; becomes Family Help in many places")

    # What the charts and the marks reader go by.
    pattern_min_points: int = _whole(15, 1, 100, "house rule for charts: say nothing about a smaller difference")
    pattern_min_sessions: int = _whole(6, 1, 400, "house rule for charts")
    week_min_possible_sessions: int = _whole(5, 1, 10, "house rule for charts: a week with fewer is drawn hollow")
    trend_min_points: int = _whole(5, 1, 100, "house rule for charts: a smaller change is called steady")
    leaving_school_weeks: int = _whole(4, 1, 10, "house rule for charts: how far ahead to say what leaves the count")
    marks_min_school_weeks: int = _whole(6, 1, 60, "a referral's marks cover at least this")
    reason_found_within_school_days: int = _whole(5, 1, 60, "DfE: N is replaced within five school days")

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if each.type is int:
                _check_whole(each.name, value, each.metadata["low"], each.metadata["high"])
            elif each.type is str and not (isinstance(value, str) and value.strip()):
                raise RuleError(f"{each.name} must be some words, not {value!r}")
        if not self.action_reminder_school_days:
            raise RuleError("action_reminder_school_days must name at least one school day, like -2")
        for days in self.action_reminder_school_days:
            _check_whole("action_reminder_school_days", days, -60, 60)
        for code in self.pn_codes:
            if categorise(code, date.max) is not Category.UNAUTHORISED:
                raise RuleError(f"pn_codes must be codes for unauthorised absence, and {code!r} is not one")
        if not self.pn_codes:
            raise RuleError("pn_codes must name at least one code, like N")
        if len(self.quiet_hours) != 2 or not all(isinstance(hour, time) for hour in self.quiet_hours):
            raise RuleError("quiet_hours must be two times, like 18:00 and 07:30")
        if self.tier_universal_plus_below_pct != self.tier_universal_min_pct:
            raise RuleError("tier_universal_plus_below_pct must equal tier_universal_min_pct, or pupils fall between")
        if self.severe_max_pct >= self.tier_universal_min_pct:
            raise RuleError("severe_max_pct must be lower than tier_universal_min_pct")

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> "ServiceRules":
        """Return the rules with the given keys replaced, as they come from TOML, JSON or a settings form.

        Lists become tuples; quiet hours may be text like ``"18:00"``. Raises RuleError naming the key.
        """
        known = {each.name: each for each in fields(cls)}
        taken: dict[str, Any] = {}
        for key, value in values.items():
            if key not in known:
                raise RuleError(f"There is no service rule called {key!r}")
            if isinstance(known[key].default, tuple):
                if isinstance(value, str) or not hasattr(value, "__iter__"):
                    raise RuleError(f"{key} must be a list, not {value!r}")
                value = tuple(_time(key, each) if key == "quiet_hours" else each for each in value)
            taken[key] = value
        return cls(**taken)


def _check_whole(name: str, value: Any, low: int, high: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise RuleError(f"{name} must be a whole number from {low} to {high}, not {value!r}")


def _time(name: str, value: Any) -> time:
    if isinstance(value, time):
        return value
    try:
        return time.fromisoformat(value)
    except (TypeError, ValueError):
        raise RuleError(f"{name} must be two times, like 18:00 and 07:30, not {value!r}") from None


DEFAULT = ServiceRules()
