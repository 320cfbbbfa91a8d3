from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.register.codes import Category, categorise
from portal.register.rules import ServiceRules
from portal.register.sessions import Mark, Summary, Tier, group, share, summarise
from tests.register.strategies import marks


def attended_and_absent(possible, absent):
    return Summary(present=possible - absent, authorised=absent)


@pytest.mark.parametrize(
    ("possible", "absent", "shown", "persistent", "severe"),
    [
        (100, 10, "90.0%", True, False),
        (380, 37, "90.3%", False, False),
        (380, 38, "90.0%", True, False),
        (201, 20, "90.0%", False, False),  # 9.95% only looks like 10%
        (209, 21, "90.0%", True, False),
        (2, 1, "50.0%", True, True),
        (199, 99, "50.3%", True, False),
        (0, 0, "n/a", False, False),
    ],
)
def test_worked_examples(possible, absent, shown, persistent, severe):
    summary = attended_and_absent(possible, absent)
    assert (summary.percentage, summary.persistent(), summary.severe()) == (shown, persistent, severe)


@pytest.mark.parametrize(
    ("possible", "absent", "tier"),
    [
        (100, 10, Tier.UNIVERSAL),  # exactly 90%, though national statistics call it persistent
        (201, 20, Tier.UNIVERSAL),
        (209, 21, Tier.UNIVERSAL_PLUS),  # shown as 90.0%, and yet below
        (100, 50, Tier.SEVERE),  # exactly half
        (199, 99, Tier.UNIVERSAL_PLUS),
        (20, 0, Tier.UNIVERSAL),
        (19, 0, None),
        (19, 19, None),
    ],
)
def test_the_tier_is_read_from_unrounded_counts(possible, absent, tier):
    assert attended_and_absent(possible, absent).tier() is tier


def test_nineteen_possible_sessions_are_not_enough():
    assert attended_and_absent(19, 3).tier_word() == "Not enough sessions yet"
    assert attended_and_absent(20, 3).tier_word() == "Universal Plus"


def test_the_tier_follows_the_councils_own_figures():
    rules = ServiceRules(tier_universal_min_pct=95, tier_universal_plus_below_pct=95, tier_universal_label="Everyone")
    assert attended_and_absent(100, 6).tier(rules) is Tier.UNIVERSAL_PLUS
    assert attended_and_absent(100, 5).tier_word(rules) == "Everyone"


@given(marks())
def test_the_national_identities_hold(drawn):
    summary = summarise(drawn)
    assert summary.attended == summary.present + summary.elsewhere
    assert summary.possible == summary.attended + summary.authorised + summary.unauthorised
    assert summary.absent == summary.possible - summary.attended
    assert summary.unauthorised == sum(mark.code in "GNOU" and mark.code != "" for mark in drawn)


@given(marks())
def test_the_fast_sum_is_the_plain_sum(drawn):
    plain = [categorise(mark.code, mark.on) for mark in drawn]
    summary = summarise(drawn)
    assert summary.present == plain.count(Category.PRESENT)
    assert summary.elsewhere == plain.count(Category.ELSEWHERE)
    assert summary.authorised == plain.count(Category.AUTHORISED)
    assert summary.unauthorised == plain.count(Category.UNAUTHORISED)
    assert summary.not_possible == plain.count(Category.NOT_POSSIBLE)
    assert summary.missing == plain.count(Category.MISSING)


@given(marks(), st.integers(0, 60))
def test_sums_of_parts_are_the_sum_of_the_whole(drawn, cut):
    assert summarise(drawn[:cut]) + summarise(drawn[cut:]) == summarise(drawn)


@given(st.integers(0, 400), st.integers(0, 400))
def test_severe_is_part_of_persistent(attended, absent):
    summary = Summary(present=attended, unauthorised=absent)
    assert summary.persistent() or not summary.severe()
    assert summary.persistent() == (attended + absent > 0 and absent * 10 >= attended + absent)
    assert summary.severe() == (attended + absent > 0 and absent * 2 >= attended + absent)


@given(st.integers(0, 10_000), st.integers(1, 10_000))
def test_rounding_is_half_up_and_within_half(part, whole):
    rounded = share(part, whole, 1000)
    assert -whole <= 2 * (1000 * part - rounded * whole) < whole


def test_a_group_is_the_rate_of_the_sum():
    pupils = [attended_and_absent(100, 0), attended_and_absent(20, 10), Summary(), attended_and_absent(10, 1)]
    together = group(pupils)
    assert (together.total.attended, together.total.possible) == (119, 130)
    assert (together.pupils, together.persistent, together.severe) == (3, 2, 1)


def test_a_new_code_before_its_day_is_missing():
    assert summarise([Mark(date(2024, 5, 6), "AM", "C2")]) == Summary(missing=1)


@pytest.mark.parametrize(
    ("totals", "message"),
    [
        ({"possible": 98, "attended": 99, "authorised": 0, "unauthorised": 0}, "98 or fewer"),
        ({"possible": 98, "attended": 79, "authorised": 5, "unauthorised": 5}, "add up to 98"),
        ({"possible": 98, "attended": -1, "authorised": 0, "unauthorised": 0}, "0 or more"),
    ],
)
def test_typed_totals_that_disagree_are_refused(totals, message):
    with pytest.raises(ValueError, match=message):
        Summary.of_totals(**totals)
