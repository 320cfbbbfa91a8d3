"""What is making school hard, what was tried and what would help."""

from __future__ import annotations

from portal.ui.forms import (
    CheckboxesField,
    LongTextField,
    RadiosField,
    TextField,
    TickField,
)

from ._question import Question, says


class Reasons(Question):
    title = "What is making school hard?"
    heading = "concern_reasons"
    concern_reasons = CheckboxesField(
        help_text="Select all that apply",
        exclusive="not_known",
        choices=[
            ("worry", "Worry or low mood"),
            ("bullying", "Friendships or bullying"),
            ("learning", "Learning is too hard, or needs are not met (SEND)"),
            ("health", "Being ill or a health condition"),
            ("home", "Something at home has changed"),
            ("caring", "Caring for someone"),
            ("practical", "Getting there, money or uniform"),
            ("sleep", "Sleep or mornings"),
            ("part_time", "A part-time timetable"),
            ("belonging", "They do not feel they belong"),
            ("recording", "I disagree with how absence is recorded"),
            ("letter", "I have had a letter I do not understand"),
            ("other", "Something else"),
            ("not_known", "I do not know"),
        ],
        error_messages=says("Select what is making school hard, or select ‘I do not know’")
        | {"exclusive": "Select what is making school hard, or select ‘I do not know’"},
    )
    concern_reasons_other = TextField(
        label="What else is making school hard?", noun="what else is making it hard", max_length=200, required=False
    )
    reveals = {"concern_reasons_other": ("concern_reasons", ("other",))}
    short = {"concern_reasons_other": "Something else"}


class HowMuch(Question):
    title = "How much school are they missing now?"
    title_you = "How much school are you missing now?"
    heading = "attendance_now"
    you = {"attendance_now": {"required": "Select how much school you are missing"}}
    attendance_now = RadiosField(
        choices=[
            ("odd_day", "The odd day or lesson"),
            ("weekly", "About one day a week or more"),
            ("most", "Most days"),
            ("all", "All of it"),
            ("struggle", "They go, but it is a daily struggle"),
            ("not_known", "I do not know"),
        ],
        error_messages=says("Select how much school they are missing"),
    )


class SinceWhen(Question):
    title = "How long has it been like this?"
    heading = "missing_since"
    missing_since = RadiosField(
        choices=[
            ("this_month", "Since this month"),
            ("this_half_term", "Since this half term"),
            ("before", "Since before this half term"),
            ("over_a_year", "Longer than a year"),
        ],
        error_messages=says("Select how long it has been like this"),
    )


class ToldSchool(Question):
    title = "Have you talked to the school?"
    heading = "told_school"
    told_school = RadiosField(
        help_text="It is fine if you have not",
        choices=[
            ("yes_helped", "Yes, and it helped"),
            ("yes_not_helped", "Yes, but it has not helped"),
            ("not_yet", "Not yet"),
            ("not_able", "I do not feel able to"),
        ],
        error_messages=says("Select whether you have talked to the school"),
    )
    school_contact_name = TextField(
        label="Who did you talk to?", noun="who you talked to", max_length=120, width=30, optional=True
    )
    school_response = LongTextField(
        label="What did they say or do?", noun="what they said or did", max_length=500, rows=4, optional=True
    )
    reveals = {
        "school_contact_name": ("told_school", ("yes_helped", "yes_not_helped")),
        "school_response": ("told_school", ("yes_helped", "yes_not_helped")),
    }


class OwnWords(Question):
    title = "What would you like us to know?"
    own_words = LongTextField(
        label="In your own words",
        help_text="You can write in any language",
        noun="what you tell us",
        max_length=1_000,
        rows=8,
        optional=True,
        error_messages={"max_length": "What you tell us must be 1,000 characters or fewer"},
    )
    prefer_to_talk = TickField(label="I would rather tell someone", required=False)
    short = {"own_words": "What you would like us to know", "prefer_to_talk": "Would rather tell someone"}


class HopedFor(Question):
    title = "What would help most?"
    heading = "hoped_for"
    hoped_for = CheckboxesField(
        help_text="Select all that apply. You can leave this out",
        choices=[
            ("talk", "Someone to talk to"),
            ("school", "Help talking to school"),
            ("letter", "Understand a letter"),
            ("send", "Advice about SEND"),
            ("mornings", "Help in the mornings"),
            ("plan", "A plan to go back step by step"),
            ("other", "Something else"),
        ],
        required=False,
        error_messages=says("Select what would help most"),
    )


class HelpNow(Question):
    title = "Does your child already get any help?"
    send_status = RadiosField(
        label="Help with learning at school",
        help_text="This helps us not to ask twice",
        choices=[
            ("ehcp", "An education, health and care (EHC) plan"),
            ("sen_support", "SEN support"),
            ("waiting", "Waiting for an assessment"),
            ("none", "None of these"),
            ("not_said", "I would rather not say"),
        ],
        optional=True,
        error_messages=says("Select what help they get at school"),
    )
    support_now = CheckboxesField(
        label="Other help",
        exclusive="none",
        choices=[
            ("gp_camhs", "GP, or mental health service (CAMHS)"),
            ("social_worker", "Social worker"),
            ("early_help", "Early Help"),
            ("young_carer", "Young carers’ support"),
            ("none", "None of these"),
        ],
        optional=True,
        error_messages=says("Select what other help they get"),
    )
