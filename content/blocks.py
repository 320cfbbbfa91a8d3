"""The block kit: every kind of thing an editor can put on a page. Each block renders one component.

Rich text is headings of level 2 and 3, lists, links and bold, nothing else: the page's title is its only level 1.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import slugify
from wagtail import blocks
from wagtail.contrib.table_block.blocks import TableBlock as WagtailTableBlock
from wagtail.snippets.blocks import SnippetChooserBlock

FULL = ["h2", "h3", "ol", "ul", "link", "bold"]
INLINE = ["link", "bold"]
LISTS = ["ol", "ul", "link", "bold"]


class LegalFactBlock(blocks.StructBlock):
    """Shows the value in force today of the fact chosen, whichever of its values was chosen."""

    fact = SnippetChooserBlock("content.LegalFact")
    note = blocks.CharBlock(max_length=200, required=False, help_text="One plain sentence after the figure.")

    class Meta:
        template = "content/blocks/legal_fact.html"
        icon = "lock"
        label = "Legal fact"

    def get_context(self, value, parent_context=None) -> dict[str, Any]:
        context = super().get_context(value, parent_context)
        chosen = value.get("fact")
        facts = (parent_context or {}).get("facts") or {}
        # Outside a page (the gallery of blocks, a chooser) there is no frame: the chosen value itself is shown.
        context["fact"] = facts.get(chosen.key, chosen) if chosen else None
        return context


class ContactPointBlock(blocks.StructBlock):
    point = SnippetChooserBlock("content.ContactPoint")

    class Meta:
        template = "content/blocks/contact_point.html"
        icon = "mail"
        label = "Contact point"


class KeyFactsBlock(blocks.StructBlock):
    heading = blocks.CharBlock(max_length=80, default="The short version")
    facts = blocks.ListBlock(blocks.RichTextBlock(features=INLINE, label="Fact"), min_num=2, max_num=5)

    class Meta:
        template = "content/blocks/key_facts.html"
        icon = "list-ul"
        label = "Key facts"


class DoNowBlock(blocks.StructBlock):
    heading = blocks.CharBlock(max_length=80, default="Do this today")
    steps = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("title", blocks.CharBlock(max_length=120)),
                ("text", blocks.RichTextBlock(features=INLINE, required=False)),
            ],
            label="Step",
        ),
        min_num=1,
        max_num=8,
    )

    class Meta:
        template = "content/blocks/do_now.html"
        icon = "tick"
        label = "Do now"


class InsetBlock(blocks.StructBlock):
    text = blocks.RichTextBlock(features=LISTS)

    class Meta:
        template = "content/blocks/inset.html"
        icon = "info-circle"
        label = "Inset"


class WarningBlock(blocks.StructBlock):
    text = blocks.TextBlock(max_length=300, rows=2)

    class Meta:
        template = "content/blocks/warning.html"
        icon = "warning"
        label = "Warning"


class DetailsBlock(blocks.StructBlock):
    summary = blocks.CharBlock(max_length=120)
    text = blocks.RichTextBlock(features=LISTS)

    class Meta:
        template = "content/blocks/details.html"
        icon = "arrow-down"
        label = "Details"


class StepsBlock(blocks.StructBlock):
    """Numbered steps inside a page. A whole journey has its own page type."""

    steps = blocks.ListBlock(
        blocks.StructBlock(
            [("title", blocks.CharBlock(max_length=120)), ("text", blocks.RichTextBlock(features=LISTS))],
            label="Step",
        ),
        min_num=2,
    )

    class Meta:
        template = "content/blocks/steps.html"
        icon = "list-ol"
        label = "Steps"

    def get_context(self, value, parent_context=None) -> dict[str, Any]:
        items = [{"title": step["title"], "content": step["text"]} for step in value.get("steps", [])]
        return super().get_context(value, parent_context) | {"items": items}


class TableBlock(blocks.StructBlock):
    """A table with a caption and a header row; a screen reader has nothing else to go by."""

    table = WagtailTableBlock(
        # The editor's grid knows American English only.
        table_options={"renderer": "text", "startRows": 3, "startCols": 2, "contextMenu": True, "language": "en-US"}
    )

    class Meta:
        template = "content/blocks/table.html"
        icon = "table"
        label = "Table"

    def clean(self, value):
        cleaned = super().clean(value)
        table = cleaned.get("table") or {}
        reasons = []
        if not (table.get("table_caption") or "").strip():
            reasons.append("Give the table a caption that says what it shows")
        if not table.get("first_row_is_table_header"):
            reasons.append("Make the first row the header")
        elif not all(str(cell or "").strip() for cell in (table.get("data") or [[]])[0]):
            reasons.append("Give every column a heading in the first row")
        if reasons:
            raise blocks.StructBlockValidationError(block_errors={"table": ValidationError(reasons)})
        return cleaned

    def get_context(self, value, parent_context=None) -> dict[str, Any]:
        context = super().get_context(value, parent_context)
        table = value.get("table") or {}
        data = [["" if cell is None else str(cell) for cell in row] for row in table.get("data") or []]
        return context | {
            "caption": table.get("table_caption") or "",
            "columns": [{"text": cell} for cell in data[0]] if data else [],
            "rows": [[{"text": cell} for cell in row] for row in data[1:]],
            "no_row_headers": not table.get("first_col_is_header"),
        }


class QuoteBlock(blocks.StructBlock):
    quote = blocks.TextBlock()
    who = blocks.CharBlock(max_length=120, help_text="Never a name: like “Mother of a boy in Year 8”.")
    consented = blocks.BooleanBlock(
        required=True, help_text="The person has agreed to these words being published.", label="Agreed to"
    )

    class Meta:
        template = "content/blocks/quote.html"
        icon = "openquote"
        label = "Quote"


class CallToActionBlock(blocks.StructBlock):
    """One big button: to a page of the site, or to telling us about a concern."""

    text = blocks.CharBlock(max_length=60, default="Tell us about a concern")
    page = blocks.PageChooserBlock(required=False, help_text="Leave empty for “Tell us about a concern”.")
    note = blocks.CharBlock(max_length=160, required=False, default="No account needed. About 7 minutes.")

    class Meta:
        template = "content/blocks/call_to_action.html"
        icon = "pick"
        label = "Call to action"


class SafetyNoteBlock(blocks.StructBlock):
    text = blocks.RichTextBlock(features=INLINE)

    class Meta:
        template = "content/blocks/safety_note.html"
        icon = "warning"
        label = "Safety note"


class Body(blocks.StreamBlock):
    """The kit as topic pages use it."""

    rich_text = blocks.RichTextBlock(features=FULL, template="content/blocks/rich_text.html", icon="pilcrow")
    lead = blocks.TextBlock(max_length=320, template="content/blocks/lead.html", icon="title", rows=2)
    key_facts = KeyFactsBlock()
    do_now = DoNowBlock()
    inset = InsetBlock()
    warning = WarningBlock()
    details = DetailsBlock()
    steps = StepsBlock()
    table = TableBlock()
    quote = QuoteBlock()
    contact_point = ContactPointBlock()
    legal_fact = LegalFactBlock()
    call_to_action = CallToActionBlock()
    safety_note = SafetyNoteBlock()

    class Meta:
        block_counts = {"call_to_action": {"max_num": 1}}


class Tile(blocks.StructBlock):
    """A way in from the home page: one reason people come."""

    title = blocks.CharBlock(max_length=60)
    text = blocks.CharBlock(max_length=120, required=False)
    page = blocks.PageChooserBlock()
    icon = blocks.ChoiceBlock(
        choices=[
            ("heart", "Heart"),
            ("sun", "Sun"),
            ("people", "People"),
            ("letter", "Letter"),
            ("chart", "Chart"),
            ("book", "Book"),
            ("bus", "Bus"),
            ("school", "School"),
            ("home", "House"),
            ("phone", "Phone"),
        ],
        default="heart",
    )

    class Meta:
        icon = "link"


class JourneyStep(blocks.StructBlock):
    """One step of a step-by-step page."""

    class Joined(models.TextChoices):
        THEN = "then", "then: the next number"
        AND = "and", "and: at the same time"
        OR = "or", "or: instead"

    joined = blocks.ChoiceBlock(choices=Joined.choices, default=Joined.THEN, label="How it follows the step before")
    title = blocks.CharBlock(max_length=120)
    who = blocks.CharBlock(max_length=120, required=False, label="Who does it")
    text = blocks.RichTextBlock(features=LISTS)
    facts = blocks.ListBlock(LegalFactBlock(), default=[], max_num=4, required=False, label="Legal facts")

    class Meta:
        icon = "list-ol"


class NeedValue(blocks.StructValue):
    @property
    def anchor(self) -> str:
        """What a link to this need ends in: /contact/#somebody-is-in-danger."""
        return slugify(self.get("heading", ""))


class Need(blocks.StructBlock):
    """A need, and the contact points that meet it."""

    heading = blocks.CharBlock(max_length=120)
    text = blocks.CharBlock(max_length=240, required=False)
    points = blocks.ListBlock(SnippetChooserBlock("content.ContactPoint"), min_num=1)

    class Meta:
        icon = "mail"
        value_class = NeedValue
