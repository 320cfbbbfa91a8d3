"""What is asked before somebody's access changes."""

from __future__ import annotations

from portal.accounts.models import Agency
from portal.accounts.roles import ROLE_MEANS, ROLES_AT, Role
from portal.ui.forms import CheckboxesField, DatePartsField, EmailField, Form, LongTextField, RadiosField, SelectField


def roles_at(agency: Agency, *, but: str = "") -> list[tuple[str, str, str]]:
    return [(str(role), Role(role).label, ROLE_MEANS[role]) for role in ROLES_AT[agency.kind] if role != but]


class Why(LongTextField):
    """The reason, which stays in the audit trail."""

    def __init__(self, label: str = "Why?", hint: str = "It stays in the audit trail. Do not name a child.") -> None:
        super().__init__(
            label=label,
            help_text=hint,
            max_length=400,
            rows=3,
            error_messages={
                "required": "Say why",
                "max_length": "The reason must be 400 characters or fewer",
            },
        )


class WhyForm(Form):
    why = Why()


class WhereForm(Form):
    agency = SelectField(label="Where will they work?", noun="where they will work")

    def __init__(self, *args, agencies: list[Agency], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].choices = [("", "Choose one"), *((agency.slug, agency.name) for agency in agencies)]


class InviteForm(Form):
    email = EmailField(
        label="Their work email address",
        help_text="The invitation counts for this address alone",
        autocomplete="off",
        error_messages={"required": "Enter their work email address"},
    )

    def __init__(self, *args, agency: Agency, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"] = RadiosField(
            label="What do they do?",
            choices=roles_at(agency),
            error_messages={"required": "Select what they do", "invalid_choice": "Select what they do"},
        )


class RoleForm(Form):
    def __init__(self, *args, agency: Agency, now: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"] = RadiosField(
            label="What do they do now?",
            choices=roles_at(agency, but=now),
            error_messages={"required": "Select what they do now", "invalid_choice": "Select what they do now"},
        )
        self.fields["why"] = Why()


class EndForm(Form):
    last_day = DatePartsField(
        label="Last day",
        noun="the last day",
        help_text="Leave it empty to end it at once.",
        when="future_or_today",
        required=False,
        optional=True,
    )
    why = Why()


class ConfirmForm(Form):
    def __init__(self, *args, people: list[tuple[str, str, str]], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"] = CheckboxesField(
            label="Who still works here, in this role?",
            choices=people,
            error_messages={
                "required": "Tick whoever still works here",
                "invalid_choice": "Tick people who are on this list",
            },
        )
