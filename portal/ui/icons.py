"""The icons: 24-unit line drawings of our own, always beside words and hidden from screen readers."""

from __future__ import annotations

from django.utils.safestring import SafeString

# Each drawing is a constant of this module: the inner markup of a 24 × 24 SVG drawn with a 2-unit round line.
DRAWINGS: dict[str, str] = {
    "alert": '<path d="M12 3.5 2.5 20h19z"/><path d="M12 10v4.5M12 17.4v.1"/>',
    "arrow-down": '<path d="M12 4v16M5.5 13.5 12 20l6.5-6.5"/>',
    "arrow-left": '<path d="M20 12H4M10.5 5.5 4 12l6.5 6.5"/>',
    "arrow-right": '<path d="M4 12h16M13.5 5.5 20 12l-6.5 6.5"/>',
    "arrow-up": '<path d="M12 20V4M5.5 10.5 12 4l6.5 6.5"/>',
    "apple": '<path d="M12 7.5c-5.5-2.6-8 .7-8 5 0 4.4 3 8.5 5.6 8.5 1 0 1.5-.6 2.4-.6s1.4.6 2.4.6c2.6 0 5.6-4.1'
    ' 5.6-8.5 0-4.3-2.5-7.6-8-5z"/><path d="M12 7.5c0-2.5 1.3-4.5 3.5-5"/>',
    "bell": '<path d="M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15z"/><path d="M10 21h4"/>',
    "book": '<path d="M12 6c-2.5-1.7-5.5-2-9-2v14c3.5 0 6.5.3 9 2 2.5-1.7 5.5-2 9-2V4c-3.5 0-6.5.3-9 2zM12 6v14"/>',
    "building": '<path d="M4 21V5l8-2.5V21M12 9l8 2v10M2.5 21h19"/><path d="M8 8.5v.1M8 12.5v.1M8 16.5v.1'
    'M16 14v.1M16 17.5v.1"/>',
    "bus": '<path d="M4 17V6.5C4 5 5.5 4 12 4s8 1 8 2.5V17zM4 11.5h16M7 17v2.5M17 17v2.5"/>'
    '<path d="M7.5 14.3v.1M16.5 14.3v.1"/>',
    "calendar": '<path d="M4 6h16v14.5H4zM4 10.5h16M8 3.5V7M16 3.5V7"/>',
    "chart": '<path d="M4 4v16h16.5"/><path d="m7.5 15 3.5-4 3.5 2 5-6.5"/>',
    "check": '<path d="m4.5 12.5 5 5L19.5 6.5"/>',
    "chevron-down": '<path d="m5.5 9 6.5 6.5L18.5 9"/>',
    "chevron-right": '<path d="m9 5.5 6.5 6.5L9 18.5"/>',
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 6.5V12l3.5 2.5"/>',
    "cross": '<path d="m5.5 5.5 13 13M18.5 5.5l-13 13"/>',
    "document": '<path d="M6 3h8.5L19 7.5V21H6zM14 3v5h5M9 12.5h7M9 16.5h7"/>',
    "exit": '<path d="M10 4H4v16h6M9.5 12H20M15 6.5l5.5 5.5-5.5 5.5"/>',
    "external": '<path d="M10 5H5v14h14v-5M13.5 4H20v6.5M19.5 4.5 11 13"/>',
    "filter": '<path d="M3.5 5h17L14 12.5V20l-4-2v-5.5z"/>',
    "heart": '<path d="M12 20C5 15 3 11.5 3 8.5A4.5 4.5 0 0 1 12 7a4.5 4.5 0 0 1 9 1.5c0 3-2 6.5-9 11.5z"/>',
    "home": '<path d="m3 11.5 9-8 9 8M5.5 9.5V20.5h13V9.5M10 20.5v-6h4v6"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v6M12 7.3v.1"/>',
    "letter": '<path d="M3 5.5h18v13.5H3zM3.5 6l8.5 7 8.5-7"/>',
    "live": '<circle cx="12" cy="12" r="2"/><path d="M7.5 16.5a6.4 6.4 0 0 1 0-9M16.5 7.5a6.4 6.4 0 0 1 0 9'
    'M4.7 19.3a10.3 10.3 0 0 1 0-14.6M19.3 4.7a10.3 10.3 0 0 1 0 14.6"/>',
    "lock": '<path d="M5 11h14v10H5zM8 11V7.5a4 4 0 0 1 8 0V11"/><path d="M12 15.5v1.5"/>',
    "menu": '<path d="M4 6.5h16M4 12h16M4 17.5h16"/>',
    "minus": '<path d="M5 12h14"/>',
    "note": '<path d="M4 4h16v11.5L15 20.5H4zM20 15.5h-5v5M8 9h8M8 13h4"/>',
    "people": '<circle cx="8.5" cy="8" r="3.5"/><path d="M2 20c0-4 2.5-6.5 6.5-6.5S15 16 15 20"/>'
    '<path d="M15.5 5a3.3 3.3 0 0 1 0 6.4M18 14.3c2.5.9 4 2.9 4 5.7"/>',
    "person": '<circle cx="12" cy="7.5" r="4"/><path d="M4.5 21c0-4.5 3-7 7.5-7s7.5 2.5 7.5 7"/>',
    "phone": '<path d="M4 4.5C4 13 11 20 19.5 20l1-4.5-4.7-2-2 2.2c-2.2-1-4.3-3.1-5.3-5.3l2.2-2L8.7 3.5z"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "print": '<path d="M7 8V3.5h10V8M7 17H4V8h16v9h-3M7 13.5h10v7H7z"/>',
    "scales": '<path d="M12 3.5V20M7 20.5h10M4 7l8-2 8 2"/><path d="m4 7-2.5 7h5zM20 7l-2.5 7h5z"/>'
    '<path d="M1.5 14c.5 2 4.5 2 5 0M17.5 14c.5 2 4.5 2 5 0"/>',
    "school": '<path d="M12 4v4M12 4h5v2.5h-5M4 20.5V13l8-5 8 5v7.5zM10 20.5V16h4v4.5M2 20.5h20"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5.5 5.5"/>',
    "sun": '<circle cx="12" cy="12" r="4"/><path d="M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4'
    'M17.3 17.3l1.4 1.4M18.7 5.3l-1.4 1.4M6.7 17.3l-1.4 1.4"/>',
}


def icon(name: str) -> SafeString:
    """The icon as inline SVG. Unknown names raise KeyError with the names there are."""
    if name not in DRAWINGS:
        raise KeyError(f"There is no icon called {name!r}. There are: {', '.join(sorted(DRAWINGS))}.")
    return SafeString(
        '<svg class="icon" width="24" height="24" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
        'stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">'
        f"{DRAWINGS[name]}</svg>"
    )
