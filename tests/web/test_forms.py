"""The fields: GOV.UK's wordings, what was typed kept, and whatever is pasted made harmless."""

import datetime
import uuid

import pytest
from django import forms as django_forms
from django.utils import timezone

from portal.ui import forms


class Born(forms.Form):
    born = forms.DatePartsField(label="When were they born?", noun="date of birth", when="past", birthday=True)


def born(day="", month="", year="") -> Born:
    return Born({"born_day": day, "born_month": month, "born_year": year})


def only_error(form) -> str:
    ((error,),) = form.errors.values()
    return error


def test_a_date_is_read_whether_its_month_is_a_number_or_a_word():
    for month in ("3", "03", "March", "mar", " MARCH "):
        form = born("27", month, "2014")
        assert form.is_valid(), form.errors
        assert form.cleaned_data["born"] == datetime.date(2014, 3, 27)


@pytest.mark.parametrize(
    "parts, message, bad",
    [
        (("", "", ""), "Enter date of birth", "day"),
        (("27", "", "2014"), "Date of birth must include a month", "month"),
        (("", "3", ""), "Date of birth must include a day and year", "day"),
        (("27", "3", "14"), "Year must include 4 numbers", "year"),
        (("31", "2", "2014"), "Date of birth must be a real date", "day"),
        (("27", "13", "2014"), "Date of birth must be a real date", "month"),
        (("27", "Mensis", "2014"), "Date of birth must be a real date", "month"),
        (("²", "3", "2014"), "Date of birth must be a real date", "day"),
        (("27", "3", "x" * 100_000), "Date of birth must be a real date", "year"),
        (("27", "3", "2999"), "Date of birth must be in the past", "day"),
    ],
)
def test_a_date_that_is_wrong_says_how_and_keeps_what_was_typed(parts, message, bad):
    form = born(*parts)
    assert not form.is_valid()
    assert only_error(form) == message
    html = form.as_div()
    for part in parts:
        assert not part or f'value="{part}"' in html
    assert form["born"].first_control_id == f"id_born_{forms.PARTS.index(bad)}"


def test_a_date_may_have_bounds_that_are_said_in_words():
    class Review(forms.Form):
        on = forms.DatePartsField(label="Review date", earliest=datetime.date(2026, 11, 24), latest=timezone.localdate)

    form = Review({"on_day": "1", "on_month": "1", "on_year": "2020"})
    assert only_error(form) == "Review date must be the same as or after 24 November 2026"


def test_a_date_shows_its_boxes_with_the_browsers_own_help():
    html = Born(initial={"born": datetime.date(2014, 3, 27)})["born"].as_field_group()
    assert 'autocomplete="bday-month"' in html
    assert 'value="27"' in html
    assert "<legend" in html


class Name(forms.Form):
    name = forms.TextField(label="Full name", noun="your full name", max_length=10, help_text="As on letters")
    words = forms.LongTextField(label="What you tell us", max_length=5)


def test_what_is_pasted_becomes_one_harmless_line():
    form = Name({"name": "  Zo\u00eb\r\n\tO\u2019\x00Neil\u202e ", "words": "a\r\nb"})
    assert form.is_valid(), form.errors
    assert form.cleaned_data == {"name": "Zo\u00eb O\u2019Neil", "words": "a\nb"}


def test_what_is_too_long_is_told_so_and_not_cut_off():
    form = Name({"name": "x" * 11, "words": "y" * 6})
    assert form.errors == {
        "name": ["Your full name must be 10 characters or fewer"],
        "words": ["What you tell us must be 5 characters or fewer"],
    }
    html = str(form)
    assert "x" * 11 in html
    assert "y" * 6 in html
    assert "maxlength" not in html


def test_an_error_stands_before_the_control_which_names_hint_and_error():
    html = Name({"name": "", "words": "a"})["name"].as_field_group()
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert html.index('class="visually-hidden">Error:') < html.index("<input")
    assert html.index("<label") < html.index("As on letters") < html.index("Enter your full name")


class Many(forms.Form):
    why = forms.CheckboxesField(
        label="Why?",
        noun="why",
        choices=[("a", "A"), ("b", "B", "Not often"), ("none", "I do not know")],
        exclusive="none",
    )
    safe = forms.YesNoField(label="Safe?", noun="whether it is safe")
    where = forms.SelectField(label="School", noun="a school", choices=lambda: [("h", "Hillside High")])


def test_nothing_chosen_asks_for_a_choice():
    assert Many({}).errors == {
        "why": ["Select why"],
        "safe": ["Select whether it is safe"],
        "where": ["Select a school"],
    }


def test_a_choice_nobody_offered_is_not_repeated_back():
    form = Many({"why": ["<script>"], "safe": "maybe", "where": "z"})
    assert form.errors == {"why": ["Select why"], "safe": ["Select whether it is safe"], "where": ["Select a school"]}


def test_the_exclusive_choice_stands_alone():
    form = Many({"why": ["a", "none"], "safe": "no", "where": "h"})
    assert only_error(form) == "Select why, or select ‘I do not know’"
    form = Many({"why": ["none"], "safe": "no", "where": "h"})
    assert form.is_valid()
    assert form.cleaned_data == {"why": ["none"], "safe": False, "where": "h"}


def test_an_option_may_carry_a_hint_that_belongs_to_it():
    html = Many()["why"].as_field_group()
    assert 'aria-describedby="id_why_1_hint"' in html
    assert 'id="id_why_1_hint">Not often' in html


@pytest.mark.parametrize("number", ["01632 960 001", "07700 900 982", "+44 808 157 0192", "(01632) 960-001 ext 12"])
def test_a_phone_number_may_be_written_as_people_write_it(number):
    assert forms.PhoneField(label="Phone").clean(number) == number


@pytest.mark.parametrize("number", ["07700", "not a number", "0163296000112345678", "٠١٦٣٢٩٦٠٠٠١"])
def test_what_is_no_phone_number_is_told_what_one_looks_like(number):
    with pytest.raises(django_forms.ValidationError, match="Enter a phone number, like 01632 960 001"):
        forms.PhoneField(label="Phone").clean(number)


def test_an_email_address_says_what_one_looks_like():
    with pytest.raises(django_forms.ValidationError, match="in the correct format, like name@example.com"):
        forms.EmailField(label="Email").clean("name.example.org")


def test_a_number_is_whole_and_within_its_bounds():
    age = forms.NumberField(label="Age", noun="age", lowest=4, highest=19)
    assert age.clean("1,1") == 11
    for typed, message in [
        ("4.5", "Age must be a whole number"),
        ("3", "Age must be 4 or more"),
        ("20", "Age must be 19 or fewer"),
    ]:
        with pytest.raises(django_forms.ValidationError, match=message):
            age.clean(typed)


class Sent(forms.SentOnce, forms.Form):
    words = forms.TextField(label="Words")


def test_a_form_keeps_the_key_it_was_first_shown_with():
    key = Sent()["submission_key"].value()
    again = Sent({"submission_key": key, "words": ""})
    assert key in str(again["submission_key"])
    sent = Sent({"submission_key": key, "words": "Hello"})
    assert sent.is_valid()
    assert sent.cleaned_data["submission_key"] == uuid.UUID(key)


def test_a_form_without_its_key_is_given_one():
    sent = Sent({"submission_key": "not a key", "words": "Hello"})
    assert sent.is_valid()
    assert isinstance(sent.cleaned_data["submission_key"], uuid.UUID)
