"""Adding to a list without JavaScript: one page for one adult, or for one thing that was tried.

An item is known by what it said when the page was opened (`was`), so colleagues can add, change and remove at the same
time; only when two change the same item does anybody have to decide.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from portal.accounts.middleware import actor_of
from referrals.actions._change import Conflict
from referrals.actions.referral.edit import edit
from referrals.models import Referral
from referrals.questions import referral as questions
from referrals.web.gate import workspace

from . import _open
from .task import beside

Item = dict[str, Any]
ATTEMPTS = 5


@workspace("referral.edit")
def new(request: HttpRequest, reference: str, task: str) -> HttpResponse:
    return one(request, reference, task, None)


@workspace("referral.edit")
def change(request: HttpRequest, reference: str, task: str, number: int) -> HttpResponse:
    return one(request, reference, task, number)


def one(request: HttpRequest, reference: str, task: str, number: int | None) -> HttpResponse:
    spec = list_task(task)
    referral = _open.seen(request, reference)
    if request.method != "POST":
        if not _open.may_edit(request, referral):
            return redirect("workspace:referral", referral.reference)
        item = at(referral, task, number)
        return show(request, referral, task, spec.form.item_form(held=item), item)
    _open.to_write(request, referral)
    form = spec.form.item_form(request.POST, files=request.FILES)
    was = request.POST.get("was", "")
    if not form.is_valid():
        return show(request, referral, task, form, None, was=was)
    mine = form.answers()

    def put(items: list[Item]) -> list[Item] | None:
        if mine in items:
            return items
        if not was:
            return [*items, mine]
        marks = [mark_of(item) for item in items]
        if was not in marks:
            return None
        place = marks.index(was)
        return [*items[:place], mine, *items[place + 1 :]]

    if write(request, referral, task, put):
        return redirect("workspace:referral-task", referral.reference, task)
    items = listed(referral, task)
    theirs = items[number - 1] if number and number <= len(items) else {}
    return beside(
        request,
        referral,
        task,
        form,
        [spec.form.item_row(theirs)] if theirs else [],
        [spec.form.item_row(mine)],
        was=mark_of(theirs) if theirs else "",
        gone=not theirs,
    )


@workspace("referral.edit")
def remove(request: HttpRequest, reference: str, task: str, number: int) -> HttpResponse:
    spec = list_task(task)
    referral = _open.seen(request, reference)
    if request.method != "POST":
        if not _open.may_edit(request, referral):
            return redirect("workspace:referral", referral.reference)
        item = at(referral, task, number)
        context = {"row": spec.form.item_row(item), "was": mark_of(item)}
        return render(request, "referrals/referral/remove.html", frame(referral, task) | context)
    _open.to_write(request, referral)
    was = request.POST.get("was", "")
    write(request, referral, task, lambda items: [item for item in items if mark_of(item) != was])
    return redirect("workspace:referral-task", referral.reference, task)


def write(
    request: HttpRequest, referral: Referral, task: str, arrange: Callable[[list[Item]], list[Item] | None]
) -> bool:
    """Store the list as `arrange` makes it from the newest one; False where `arrange` cannot (None)."""
    key = questions.TASKS[task].form.items
    for _ in range(ATTEMPTS):
        before = listed(referral, task)
        after = arrange(before)
        if after is None:
            return False
        if after == before:
            return True
        answers = {**(referral.answers.get(task) or {}), key: after}
        try:
            edit(referral, by=actor_of(request), task=task, answers=answers, version=referral.version)
        except Conflict:
            referral.refresh_from_db()
            _open.to_write(request, referral)
        else:
            return True
    return False


def list_task(task: str) -> questions.Task:
    spec = _open.task_of(task)
    if not spec.form.items:
        raise Http404("This task is not a list.")
    return spec


def listed(referral: Referral, task: str) -> list[Item]:
    return questions.TASKS[task].form(held=referral.answers.get(task)).listed


def at(referral: Referral, task: str, number: int | None) -> Item | None:
    """Item `number`, from 1; None for a new one."""
    if number is None:
        return None
    items = listed(referral, task)
    if not 1 <= number <= len(items):
        raise Http404("There is no such item.")
    return items[number - 1]


def mark_of(item: Item) -> str:
    """A short mark of what an item says. It names nobody and opens nothing."""
    return hashlib.sha256(json.dumps(item, sort_keys=True).encode()).hexdigest()[:16]


def frame(referral: Referral, task: str) -> dict[str, Any]:
    return {
        "referral": referral,
        "task": task,
        "spec": questions.TASKS[task],
        "back": reverse("workspace:referral-task", args=[referral.reference, task]),
    }


def show(
    request: HttpRequest, referral: Referral, task: str, form: Any, item: Item | None, was: str | None = None
) -> HttpResponse:
    known = mark_of(item) if item else "" if was is None else was
    return render(request, "referrals/referral/item.html", frame(referral, task) | {"form": form, "was": known})
