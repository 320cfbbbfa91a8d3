"""Every component in its states, for the eye, for axe and for screenshots. Served only while DEBUG is on."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from . import forms

DAY = datetime.date(2026, 11, 25)
MOMENT = datetime.datetime(2026, 11, 23, 10, 42, tzinfo=datetime.UTC)
HTML = SafeString  # what a block would hold: the gallery's own constants, never data


@dataclass(frozen=True)
class Example:
    """One state of one component: `values` are what a template would give it."""

    state: str
    values: dict[str, Any] = field(default_factory=dict)


PLACES = [
    {"text": "Home", "href": "#home"},
    {"text": "Intake", "href": "#intake", "badge": 9},
    {"text": "Cases", "href": "#cases", "current": True},
    {"text": "Actions", "href": "#actions"},
]
CASE_PARTS = [
    {"text": "Overview", "href": "#overview", "current": True},
    {"text": "Timeline", "href": "#timeline", "badge": 2},
    {"text": "Plan", "href": "#plan"},
    {"text": "Attendance", "href": "#attendance"},
    {"text": "People", "href": "#people"},
    {"text": "History", "href": "#history"},
]
HAPPENED = [
    {
        "kind": "note",
        "title": "Breakfast club is helping",
        "by": "S. Patel",
        "agency": "Early Help",
        "when": MOMENT,
        "visibility": "case",
        "text": "Two mornings in a row on time. Mum says the walk with a friend is what made the difference.",
        "new": True,
        "id": "event-813",
    },
    {
        "kind": "contact",
        "title": "Call with Mrs Lloyd",
        "by": "A. Jones",
        "agency": "Attendance team",
        "when": MOMENT - datetime.timedelta(days=3),
        "visibility": "agency",
        "text": "Asked by text first, as agreed. She would like one person to ring, not three.",
    },
    {
        "kind": "decision",
        "title": "Referral accepted",
        "by": "R. Evans",
        "agency": "Attendance team",
        "when": MOMENT - datetime.timedelta(days=6),
        "href": "#referral",
    },
    {"title": "Case opened", "when": MOMENT - datetime.timedelta(days=6)},
]

EXAMPLES: dict[str, list[Example]] = {
    "button": [
        Example("primary", {"text": "Continue"}),
        Example("start", {"text": "Tell us about a concern", "href": "#start", "start": True}),
        Example("secondary", {"text": "Save and come back later", "kind": "secondary"}),
        Example("warning", {"text": "Withdraw referral", "kind": "warning"}),
        Example("link", {"text": "Cancel", "kind": "link", "name": "cancel", "value": "yes"}),
    ],
    "status_tag": [
        Example("neutral", {"text": "Draft"}),
        Example("info", {"text": "Being looked at", "tone": "info"}),
        Example("success", {"text": "Accepted", "tone": "success"}),
        Example("warning", {"text": "Returned to us", "tone": "warning"}),
        Example("danger", {"text": "Missing from home", "tone": "danger"}),
        Example("new", {"text": "New", "tone": "new"}),
    ],
    "tier_tag": [Example("tier", {"text": "Universal Plus"}), Example("label", {"label": "Tier", "text": "Targeted"})],
    "visibility_label": [
        Example("case", {"level": "case"}),
        Example("family", {"level": "family"}),
        Example("agency", {"level": "agency", "who": "Hillside High"}),
        Example("named", {"level": "named", "who": "A. Jones, S. Patel"}),
        Example("formal", {"level": "formal"}),
    ],
    "notification_badge": [Example("three", {"count": 3}), Example("none", {"count": 0})],
    "breadcrumbs": [
        Example(
            "three deep",
            {
                "items": [
                    {"text": "Home", "href": "#home"},
                    {"text": "Help now", "href": "#help"},
                    {"text": "Worry and low mood"},
                ]
            },
        )
    ],
    "back_link": [Example("plain", {"href": "#back"})],
    "safety_strip": [Example("with a contact point", {"phone": "01632 960 101"}), Example("bare")],
    "success_alert": [Example("saved", {"title": "Note added", "text": "S. Patel and Hillside High can read it."})],
    "panel": [
        Example(
            "sent",
            {
                "title": "We have got it",
                "reference": "C-4K7-9M2T",
                "text": "Someone will contact you by Wednesday 25 November.",
            },
        )
    ],
    "inset": [Example("text", {"text": "This will not lead to a fine. We use it to get help to you."})],
    "warning": [Example("text", {"text": "You cannot text Ms K. She told us on 23 November that texts are not safe."})],
    "details": [
        Example(
            "closed",
            {"summary": "What happens after you tell us", "content": HTML("<p>Somebody reads it the same day.</p>")},
        ),
        Example(
            "open",
            {
                "summary": "If we cannot reach you",
                "open": True,
                "content": HTML("<p>We try three times, in the way you chose.</p>"),
            },
        ),
    ],
    "do_now": [
        Example(
            "today",
            {
                "items": [
                    "Tell the school by phone before the register closes.",
                    "Ask your child what the hardest part of the morning is.",
                    {"text": "Read how schools can help with worry", "href": "#worry"},
                ]
            },
        )
    ],
    "key_facts": [
        Example(
            "three",
            {
                "title": "In short",
                "items": [
                    {"key": "to answer the questions", "value": "7 minutes"},
                    {"key": "until somebody contacts you", "value": "2 school days"},
                    {"key": "needed", "value": "No account"},
                ],
            },
        )
    ],
    "steps": [
        Example(
            "journey",
            {
                "items": [
                    {"title": "Talk to the school", "text": "Ask for the attendance lead.", "done": True},
                    {
                        "title": "Agree what would help",
                        "text": "Write it down together.",
                        "href": "#2",
                        "current": True,
                    },
                    {"title": "Look again after four weeks", "text": "Keep what works, change what does not."},
                ]
            },
        )
    ],
    "contact_point": [
        Example(
            "everything",
            {
                "name": "Attendance team",
                "phone": "01632 960 100",
                "hours": "Monday to Friday, 9am to 5pm",
                "email": "attendance@council.example.org",
                "url": "#contact",
                "url_text": "Other ways to reach us",
            },
        )
    ],
    "tiles": [
        Example(
            "reasons",
            {
                "items": [
                    {
                        "text": "My child is finding school hard",
                        "href": "#1",
                        "icon": "heart",
                        "description": "Worry, friends",
                    },
                    {"text": "Illness or health needs", "href": "#2", "icon": "sun"},
                    {"text": "SEND and attendance", "href": "#3", "icon": "book"},
                    {"text": "I have had a letter", "href": "#4", "icon": "letter", "description": "What it means"},
                ]
            },
        )
    ],
    "summary_list": [
        Example(
            "with change links",
            {
                "rows": [
                    {"key": "Who you are", "value": "A parent or carer", "href": "#1", "hidden": "who you are"},
                    {"key": "Ways to reach you", "lines": ["Text", "Letter"], "href": "#2"},
                    {"key": "School", "value": ""},
                ]
            },
        )
    ],
    "summary_card": [
        Example(
            "card",
            {
                "title": "Contact and safety",
                "href": "#change",
                "rows": [
                    {"key": "Safe to call", "value": "No"},
                    {"key": "Safe to text", "value": "Yes, but keep it private"},
                    {"key": "Best time", "value": "Mornings after drop-off"},
                ],
            },
        )
    ],
    "task_list": [
        Example(
            "referral",
            {
                "items": [
                    {"text": "The pupil", "href": "#1", "status": "Completed"},
                    {
                        "text": "Attendance",
                        "href": "#2",
                        "status": "In progress",
                        "tone": "info",
                        "hint": "102 sessions read",
                    },
                    {"text": "What has been tried", "href": "#3", "status": "Not started", "tone": "neutral"},
                    {"text": "Check and send", "status": "Cannot start yet"},
                ]
            },
        )
    ],
    "identity_bar": [
        Example(
            "case",
            {
                "name": "Maya B.",
                "facts": ["13, Year 9", "Hillside High"],
                "reference": "A-4K7-9M2T",
                "tier": "Universal Plus",
                "tags": [{"text": "Open", "tone": "success"}],
                "presence": "Also here: S. Patel (Early Help)",
                "content": HTML('<button class="button button--primary" type="button">Add note</button>'),
            },
        )
    ],
    "sub_navigation": [Example("case", {"label": "This case", "items": CASE_PARTS})],
    "session_end": [Example("before it warns", {"left": 1800})],
    "new_items_button": [Example("two", {"count": 2, "noun": "note", "href": "#new"})],
    "timeline": [Example("four things", {"items": HAPPENED})],
    "note": [
        Example(
            "mine",
            {
                "title": "Home visit",
                "author": "A. Jones",
                "agency": "Attendance team",
                "when": MOMENT,
                "visibility": "named",
                "who": "R. Evans",
                "text": "We sat at the kitchen table. She drew the corridor she does not like.",
            },
        ),
        Example(
            "everyone",
            {
                "title": "Bus pass sent",
                "author": "J. Rees",
                "agency": "Hillside High",
                "when": MOMENT,
                "visibility": "case",
                "text": "First class post.",
            },
        ),
    ],
    "quote": [
        Example("child", {"title": "In Maya’s words", "text": "Mornings are the worst bit. Once I am in, it is fine."})
    ],
    "card": [
        Example(
            "text",
            {
                "title": "Aim of this work",
                "icon": "apple",
                "href": "#aim",
                "link": "Change",
                "content": HTML(
                    "<p>Four full days by half-term. Step down when she has managed three weeks of them.</p>"
                ),
            },
        )
    ],
    "waiting_on": [
        Example("with days", {"who": "Hillside High", "since": datetime.date(2026, 11, 19), "days": 2, "by": DAY}),
        Example("words", {"who": "nobody", "since": "this morning"}),
    ],
    "school_date": [Example("long", {"date": DAY, "note": "in 2 school days"}), Example("none", {"date": None})],
    "ticket_panel": [
        Example(
            "queue",
            {
                "title": "Returned to us",
                "count": 2,
                "href": "#returned",
                "tone": "new",
                "items": [
                    {
                        "text": "A-4K7-9M2T",
                        "href": "#1",
                        "note": "The team needs 2 things",
                        "status": "Day 2 of 3",
                        "tone": "warning",
                    },
                    {"text": "A-7QX-31PD", "href": "#2", "note": "Marks since 9 November"},
                ],
            },
        ),
        Example("empty", {"title": "Due today", "count": 0, "empty": "All done for today. Next due: Thursday."}),
    ],
    "table": [
        Example(
            "stacking",
            {
                "caption": "Open cases",
                "stack": True,
                "columns": [
                    {"text": "Case"},
                    {"text": "Pupil"},
                    {"text": "Waiting on"},
                    {"text": "Attendance", "numeric": True},
                ],
                "rows": [
                    [
                        {"text": "A-4K7-9M2T", "href": "#1"},
                        "Maya B., Year 9",
                        {"text": "Us", "tone": "warning"},
                        "80.6%",
                    ],
                    [{"text": "A-7QX-31PD", "href": "#2"}, "Tom R., Year 4", "Hillside High", "88.1%"],
                ],
            },
        )
    ],
    "pagination": [Example("both", {"previous_href": "#p", "next_href": "#n", "next_title": "Older"})],
    "empty_state": [
        Example(
            "timeline",
            {
                "title": "Nothing has been added yet",
                "text": "Calls, visits, decisions and notes will appear here, newest first.",
                "action_href": "#add",
                "action_text": "Add a note",
            },
        )
    ],
}


class Asked(forms.SentOnce, forms.Form):
    """One of each field."""

    who = forms.RadiosField(
        label="Who are you?",
        noun="who you are",
        choices=[
            ("parent", "A parent or carer of the child"),
            ("young_person", "I am the child or young person"),
            ("professional", "I work with the child", "Schools can sign in and make a referral instead"),
        ],
    )
    reasons = forms.CheckboxesField(
        label="What is making school hard?",
        noun="what is making school hard",
        help_text="Select all that apply.",
        exclusive="unknown",
        choices=[
            ("worry", "Worry or low mood"),
            ("friends", "Friendships or bullying"),
            ("travel", "Getting there, money or uniform"),
            ("unknown", "I do not know"),
        ],
    )
    safe = forms.YesNoField(label="Is it safe to call this number?", noun="whether it is safe to call this number")
    born = forms.DatePartsField(
        label="When were they born?",
        noun="date of birth",
        help_text="For example, 27 3 2014",
        when="past",
        birthday=True,
    )
    name = forms.TextField(label="Full name", noun="your full name", autocomplete="name", width=30)
    phone = forms.PhoneField(
        label="Phone number", noun="a phone number", help_text="We will only ring if you say it is safe."
    )
    email = forms.EmailField(label="Email address", noun="an email address", optional=True)
    age = forms.NumberField(label="How old are you?", noun="your age", lowest=4, highest=19, width=2)
    school = forms.SelectField(
        label="School", noun="a school", choices=[("h", "Hillside High"), ("o", "Orchard Primary")]
    )
    words = forms.LongTextField(
        label="What would you like us to know?",
        noun="what you tell us",
        max_length=120,
        help_text="You can write in any language.",
    )
    marks = forms.MarksField(label="Register marks", help_text="One row for each week, or a string of marks.")
    agreed = forms.TickField(
        label="What I have told you is true as far as I know", noun="what you have told us is true"
    )


class OneQuestion(forms.Form):
    who = forms.RadiosField(
        label="How much school are they missing now?",
        noun="how much school they are missing",
        heading=True,
        choices=[("odd", "The odd day or lesson"), ("most", "Most days"), ("all", "All of it")],
    )


WRONG = {
    "reasons": ["worry", "unknown"],
    "born_day": "31",
    "born_month": "",
    "born_year": "2014",
    "name": "",
    "phone": "07700",
    "email": "name.example.org",
    "age": "forty",
    "words": "Too long. " * 14,
}


def shown() -> list[tuple[str, list[tuple[str, SafeString]]]]:
    """Each component's name with its rendered states."""
    return [
        (name, [(e.state, render_to_string(f"components/{name}.html", e.values)) for e in examples])
        for name, examples in EXAMPLES.items()
    ]


def gallery(request: HttpRequest) -> HttpResponse:
    wrong = request.GET.get("form") == "wrong"
    form = Asked(WRONG) if wrong else Asked()
    return render(request, "ui/gallery.html", {"components": shown(), "form": form})


NAVIGATION = [
    {"title": "Help now", "url": "#help", "current": True},
    {"title": "Rules and letters", "url": "#rules"},
    {"title": "Young people", "url": "#young"},
    {"title": "Schools", "url": "#schools"},
    {"title": "Contact", "url": "#contact"},
]
CONTACT_POINTS = [
    {"name": "Attendance team", "phone": "01632 960 100", "hours": "Monday to Friday, 9am to 5pm"},
    {"name": "Worried about a child’s safety", "phone": "01632 960 101", "hours": "Day and night"},
    {"name": "By email", "email": "attendance@council.example.org"},
]


def public(request: HttpRequest) -> HttpResponse:
    """A public page, with everything a public page can have."""
    context = {
        "navigation": NAVIGATION,
        "contact_points": CONTACT_POINTS,
        "safeguarding": {"phone": "01632 960 101"},
        "footer_navigation": [{"title": "Accessibility", "url": "#a"}, {"title": "Privacy", "url": "#p"}],
        "tiles": EXAMPLES["tiles"][0].values["items"],
        "do_now": EXAMPLES["do_now"][0].values["items"],
        "facts": EXAMPLES["key_facts"][0].values["items"],
        "form": OneQuestion(),
    }
    return render(request, "ui/public.html", context)


def workspace(request: HttpRequest) -> HttpResponse:
    """A workspace page, with everything a workspace page can have."""
    theme = request.GET.get("theme", "light")
    density = request.GET.get("density", "comfortable")
    context = {
        "workspace_navigation": PLACES,
        "unread_count": 3,
        "display": {"theme": theme, "density": density},
        "person": {"name": "J. Rees", "role": "Attendance lead", "agency": "Hillside High"},
        "parts": CASE_PARTS,
        "happened": HAPPENED,
        "identity": EXAMPLES["identity_bar"][0].values,
        "table": EXAMPLES["table"][0].values,
        "since": datetime.date(2026, 11, 19),
        "by": DAY,
        "tickets": EXAMPLES["ticket_panel"][0].values["items"],
    }
    return render(request, "ui/workspace.html", context)
