"""The case: the list, the pages of one case, and a route for each thing that can be done to it."""

from django.urls import path

from . import agencies, conflicts, marks, pages, restrictions, sharing, timeline, who, work

ONE = "cases/<reference:reference>/"

# The last segment of the address is the verb: case-verb with reference and verb.
VERBS = {
    "add_note": timeline.add_note,
    "add_marks": marks.add_marks,
    "join": agencies.join,
    "refuse": agencies.refuse,
    "invite": agencies.invite,
    "remove": agencies.remove,
    "declare_conflict": conflicts.declare_on_case,
    "lift_conflict": conflicts.lift_on_case,
    "share": sharing.share,
    "assign": work.assign,
    "close": work.close,
    "reopen": work.reopen,
    **restrictions.VERBS,
}


def urls() -> list:
    return [
        path("cases/", pages.cases, name="cases"),
        path("conflict-declared/", conflicts.declared, name="conflict-declared"),
        path(ONE, pages.overview, name="case"),
        path(f"{ONE}timeline/", timeline.timeline, name="case-timeline"),
        path(f"{ONE}timeline/news/", timeline.news, name="case-news"),
        path(f"{ONE}attendance/", pages.attendance, name="case-attendance"),
        path(f"{ONE}people/", pages.people, name="case-people"),
        path(f"{ONE}who/", who.who, name="case-who"),
        path(f"{ONE}restrictions/", restrictions.standing, name="case-restrictions"),
        path(f"{ONE}history/", pages.history, name="case-history"),
        path(f"{ONE}print/", pages.printed, name="case-print"),
        *(path(f"{ONE}{verb}/", view, {"verb": verb}, name="case-verb") for verb, view in VERBS.items()),
    ]
