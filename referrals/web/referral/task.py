"""One task of a referral: its form, saved at once, and what happens when a colleague was quicker."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from portal.accounts.middleware import actor_of
from portal.ui.charts import RegisterCalendar
from referrals.actions._change import Conflict
from referrals.actions.referral.edit import edit
from referrals.models import Referral
from referrals.queries.referral_page import last_editor, page
from referrals.questions import referral as questions
from referrals.questions._task import TaskForm
from referrals.web.gate import workspace
from referrals.workflow import Stage

from . import _open


@workspace("referral.edit")
def task(request: HttpRequest, reference: str, task: str) -> HttpResponse:
    spec = _open.task_of(task)
    referral = _open.seen(request, reference)
    if request.method != "POST":
        if not _open.may_edit(request, referral):
            return redirect("workspace:referral", referral.reference)
        return show(request, referral, task, form_of(referral, task))
    _open.to_write(request, referral)
    form = spec.form(request.POST, files=request.FILES, held=referral.answers.get(task), whole=referral.answers)
    if request.POST.get("action") == "check":
        only_the_marks(form)
        return show(request, referral, task, form)
    if not form.is_valid():
        return show(request, referral, task, form)
    try:
        edit(referral, by=actor_of(request), task=task, answers=form.answers(), version=_open.version_of(request))
    except Conflict:
        referral.refresh_from_db()
        _open.to_write(request, referral)
        return conflict(request, referral, task, form)
    return saved(request, referral, task)


def form_of(referral: Referral, task: str) -> TaskForm:
    return questions.TASKS[task].form(held=referral.answers.get(task), whole=referral.answers)


def only_the_marks(form: TaskForm) -> None:
    """To check the marks asks for nothing else yet."""
    for name in [name for name in form.errors if name != "marks"]:
        del form.errors[name]


def show(request: HttpRequest, referral: Referral, task: str, form: TaskForm, **more: Any) -> HttpResponse:
    spec = questions.TASKS[task]
    context = {
        "referral": referral,
        "task": task,
        "spec": spec,
        "form": form,
        "version": referral.version,
        "asked": referral.return_items.get(task, "") if referral.stage == Stage.RETURNED else "",
        "back": reverse("workspace:referral", args=[referral.reference]),
        **more,
    }
    template = "task"
    if task == "attendance":
        template = "attendance"
        picture = form.picture
        context |= {
            "picture": picture,
            "reading": getattr(form, "reading", None),
            "calendar": RegisterCalendar(picture, level=3) if picture else None,
        }
    elif spec.form.items:
        template = "items"
        context["listed"] = [
            {
                **form.item_row(item),
                "actions": [
                    {"text": text, "href": reverse(f"workspace:{route}", args=[referral.reference, task, number])}
                    for text, route in (("Change", "referral-item"), ("Remove", "referral-item-remove"))
                ],
            }
            for number, item in enumerate(form.listed, start=1)
        ]
    return render(request, f"referrals/referral/{template}.html", context)


def conflict(request: HttpRequest, referral: Referral, task: str, form: TaskForm) -> HttpResponse:
    """Theirs beside mine; the form still holds mine, and saves it as a decision rather than by accident."""
    spec = questions.TASKS[task]
    theirs = form_of(referral, task).rows()
    mine = spec.form(held=form.answers(), whole=referral.answers).rows()
    return beside(request, referral, task, form, theirs, mine)


def beside(
    request: HttpRequest,
    referral: Referral,
    task: str,
    form: TaskForm,
    theirs: list[dict[str, Any]],
    mine: list[dict[str, Any]],
    **more: Any,
) -> HttpResponse:
    context = {
        "referral": referral,
        "task": task,
        "spec": questions.TASKS[task],
        "form": form,
        "version": referral.version,
        "last": last_editor(referral, task),
        "theirs": different(theirs, mine),
        "mine": different(mine, theirs),
        "back": reverse("workspace:referral", args=[referral.reference]),
        **more,
    }
    return render(request, "referrals/referral/conflict.html", context, status=409)


def different(rows: list[dict[str, Any]], others: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows that the others do not have just so."""
    return [row for row in rows if row not in others]


def saved(request: HttpRequest, referral: Referral, task: str) -> HttpResponse:
    """On to the next task that is not complete; to the task list after the last, or when asked for."""
    now = timezone.localtime()
    messages.success(request, f"{questions.TASKS[task].title}: saved at {now:%H:%M}")
    following = page(actor_of(request), referral).next_task(task)
    if request.POST.get("then") == "list" or not following:
        return redirect("workspace:referral", referral.reference)
    return redirect("workspace:referral-task", referral.reference, following)
