# as if in: portal/ui/sample.py
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe


def shown(note, pattern):
    yield mark_safe(note.body)  # bad
    yield SafeString(note.body)  # bad
    yield format_html(pattern, note.body)  # bad
    yield format_html(f"<p>{note.body}</p>")  # bad
