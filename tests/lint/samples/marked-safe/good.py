# as if in: portal/ui/sample.py
from django.utils.html import format_html


def shown(note):
    return format_html("<p>{}</p>", note.body)
