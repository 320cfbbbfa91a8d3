from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.register.upn import UpnError, read_upn
from tests.register.upns import GOOD, MENDED, WRONG_LETTER, WRONG_SHAPE


@pytest.mark.parametrize(("number", "temporary"), GOOD)
def test_a_good_number_is_accepted(number, temporary):
    read = read_upn(number)
    assert (read.number, read.temporary) == (number, temporary)


@pytest.mark.parametrize(("typed", "number"), MENDED)
def test_case_and_spaces_are_mended_first(typed, number):
    assert str(read_upn(typed)) == number


@pytest.mark.parametrize("number", WRONG_LETTER)
def test_a_wrong_check_letter_says_so(number):
    with pytest.raises(UpnError, match="first letter") as wrong:
        read_upn(number)
    assert wrong.value.code == "check_letter"


@pytest.mark.parametrize("number", WRONG_SHAPE)
def test_a_wrong_shape_shows_the_right_one(number):
    with pytest.raises(UpnError, match="^UPN must be 13 characters, like A123456789012$"):
        read_upn(number)


def test_nothing_asks_for_the_number():
    with pytest.raises(UpnError, match="^Enter the pupil's UPN$"):
        read_upn("  ")


def test_an_unknown_council_is_a_warning_and_no_error():
    assert "999" in read_upn("R999999926001").warning
    assert read_upn("P884999926001").warning == ""


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text):
    with suppress(UpnError):
        assert len(read_upn(text).number) == 13
