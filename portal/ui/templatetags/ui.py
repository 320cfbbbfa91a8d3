"""The component tags, loaded in every template as builtins.

{% component "status_tag" text="Overdue" tone="danger" %}    components/status_tag.html with exactly these keys
{% componentblock "inset" %}…{% endcomponentblock %}         the same, with the inner HTML as `content`
{% icon "phone" %}                                           an inline drawing, hidden from screen readers
{% chart trend %}                                            a chart object: renders its own template
"""

from __future__ import annotations

import datetime
from typing import Any

from django import template
from django.template.base import token_kwargs
from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode
from django.template.engine import Engine
from django.template.exceptions import TemplateDoesNotExist, TemplateSyntaxError
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.ui import icons
from portal.ui.words import long_date

register = template.Library()


def _engine(context: Context) -> Engine:
    assert context.template, "A component is rendered inside a template."
    return context.template.engine


def render_component(context: Context, name: str, values: dict[str, Any]) -> SafeString:
    """Render a component with `values` and nothing else of the page but what every form of it carries."""
    try:
        found = _engine(context).get_template(f"components/{name}.html")
    except TemplateDoesNotExist as missing:
        if missing.args and missing.args[0] != f"components/{name}.html":
            raise
        raise TemplateSyntaxError(
            f"There is no component called {name!r} (templates/components/{name}.html)."
        ) from None
    inner = context.new(values)
    token = context.get("csrf_token")
    if token is not None:  # not `if token`: to look at a lazy token is to set its cookie, and no such page is cached
        inner["csrf_token"] = token
    if "acting_as" in context:
        inner["acting_as"] = context["acting_as"]
    return found.render(inner)


class FormTokens(CsrfTokenNode):
    """Django's token and, in the workspace, as which membership the page was opened (`acting_as` of the context)."""

    def render(self, context: Context) -> str:
        acting_as = context.get("acting_as")
        hidden = format_html('<input type="hidden" name="acting_as" value="{}">', acting_as) if acting_as else ""
        return super().render(context) + hidden


@register.tag
def csrf_token(parser: template.base.Parser, token: template.base.Token) -> FormTokens:
    """In place of Django's own: one place that no form of the workspace can forget."""
    return FormTokens()


@register.simple_tag(takes_context=True)
def component(context: Context, component_name: str, **values: Any) -> SafeString:
    return render_component(context, component_name, values)


@register.tag
def componentblock(parser: template.base.Parser, token: template.base.Token) -> ComponentBlock:
    _, *bits = token.split_contents()
    if not bits:
        raise TemplateSyntaxError("componentblock needs the component's name.")
    name = parser.compile_filter(bits.pop(0))
    values = token_kwargs(bits, parser)
    if bits:
        raise TemplateSyntaxError(f"componentblock takes key=value after the name, not {' '.join(bits)!r}.")
    inner = parser.parse(("endcomponentblock",))
    parser.delete_first_token()
    return ComponentBlock(name, values, inner)


class ComponentBlock(template.Node):
    def __init__(self, name, values, nodelist) -> None:
        self.name, self.values, self.nodelist = name, values, nodelist

    def render(self, context: Context) -> str:
        values = {key: value.resolve(context) for key, value in self.values.items()}
        values["content"] = self.nodelist.render(context)
        return render_component(context, self.name.resolve(context), values)


@register.simple_tag
def icon(name: str) -> SafeString:
    return icons.icon(name)


@register.simple_tag(takes_context=True)
def chart(context: Context, obj: Any) -> str:
    """Render a chart: an object with `template_name` and `context()`. Nothing where there is no chart to draw."""
    if not obj:
        return ""
    template_of = _engine(context).get_template
    return obj.drawn(lambda: template_of(obj.template_name).render(context.new(obj.context())))


@register.filter
def spoken_date(value: datetime.date | None) -> str:
    """A day in words, "Wednesday 25 November 2026"; nothing for no day."""
    return long_date(value) if value else ""


@register.filter
def first_control(field) -> str:
    """The id of a bound field's first control, for the error summary's link: where the person starts to mend it."""
    return getattr(field, "first_control_id", "") or (
        f"{field.auto_id}_0" if field.use_fieldset else field.id_for_label
    )


@register.filter
def thousands(value: int) -> str:
    """1000 → "1,000"."""
    return f"{value:,}"


@register.filter
def iso_day(value: datetime.date | str) -> str:
    """The machine's form of a day or moment, for `<time datetime>`; nothing for words such as "last week"."""
    return value.isoformat() if isinstance(value, datetime.date) else ""


@register.filter
def said_day(value: datetime.date | str | None) -> str:
    """A day as said in a line: "Wed 25 Nov", with the year only when it is not this one. Words pass through."""
    if not isinstance(value, datetime.date):
        return value or ""
    day = timezone.localtime(value).date() if isinstance(value, datetime.datetime) else value
    year = "" if day.year == timezone.localdate().year else f" {day.year}"
    return f"{day:%a} {day.day} {day:%b}{year}"


@register.filter
def beside(row: list, columns: list) -> list[tuple]:
    """A table row's cells, each with its column, so that a cell can say its column's name on a phone."""
    return [
        (cell if isinstance(cell, dict) else {"text": cell}, column) for cell, column in zip(row, columns, strict=True)
    ]


@register.filter
def said_moment(value: datetime.datetime | datetime.date | str | None) -> str:
    """When something happened: "Mon 23 Nov, 10:42"; a day without a time is only the day; words pass through."""
    if not isinstance(value, datetime.datetime):
        return said_day(value)
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{said_day(local)}, {local:%H:%M}"
