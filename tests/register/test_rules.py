from datetime import time

import pytest

from portal.register.rules import DEFAULT, RuleError, ServiceRules


def test_nothing_given_is_the_defaults():
    assert ServiceRules.from_mapping({}) == DEFAULT
    assert (DEFAULT.pn_threshold_sessions, DEFAULT.pn_window_school_weeks) == (10, 10)
    assert DEFAULT.pn_codes == ("G", "N", "O", "U")


def test_lists_and_times_are_taken_as_they_come_from_a_file():
    rules = ServiceRules.from_mapping({"pn_codes": ["O", "U"], "quiet_hours": ["19:00", time(8)]})
    assert rules.pn_codes == ("O", "U")
    assert rules.quiet_hours == (time(19), time(8))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"pn_treshold": 9}, "no service rule called 'pn_treshold'"),
        ({"pn_threshold_sessions": "ten"}, "pn_threshold_sessions must be a whole number from 1 to 100, not 'ten'"),
        ({"pn_threshold_sessions": 0}, "pn_threshold_sessions"),
        ({"pn_threshold_sessions": True}, "pn_threshold_sessions"),
        ({"severe_max_pct": 49.5}, "severe_max_pct"),
        ({"pn_codes": "GNOU"}, "pn_codes must be a list"),
        ({"pn_codes": ["I"]}, "pn_codes must be codes for unauthorised absence, and 'I' is not one"),
        ({"pn_codes": []}, "pn_codes must name at least one"),
        ({"quiet_hours": ["late", "07:30"]}, "quiet_hours must be two times"),
        ({"quiet_hours": ["18:00"]}, "quiet_hours must be two times"),
        ({"action_reminder_school_days": ["two"]}, "action_reminder_school_days must be a whole number"),
        ({"support_agency_label": " "}, "support_agency_label must be some words"),
        ({"tier_universal_min_pct": 95}, "tier_universal_plus_below_pct must equal"),
        ({"severe_max_pct": 90}, "severe_max_pct must be lower"),
    ],
)
def test_a_wrong_rule_is_named(values, message):
    with pytest.raises(RuleError, match=message):
        ServiceRules.from_mapping(values)
