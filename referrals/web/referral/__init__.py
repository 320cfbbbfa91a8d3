"""A school's referrals: the list, the task list, the tasks, check and send."""

from __future__ import annotations

from django.urls import path

from referrals.web.case import conflicts

from . import items, listing, page, send, task

REFERRAL = "referrals/<reference:reference>/"


def urls() -> list:
    return [
        path("referrals/", listing.referrals, name="referrals"),
        path("referrals/new/", listing.new, name="referral-new"),
        path(REFERRAL, page.referral, name="referral"),
        path(f"{REFERRAL}check/", send.check, name="referral-check"),
        path(f"{REFERRAL}sent/", send.sent, name="referral-sent"),
        path(f"{REFERRAL}withdraw/", send.withdraw, name="referral-withdraw"),
        path(f"{REFERRAL}declare_conflict/", conflicts.declare_on_referral, name="referral-declare_conflict"),
        path(f"{REFERRAL}<slug:task>/", task.task, name="referral-task"),
        path(f"{REFERRAL}<slug:task>/new/", items.new, name="referral-item-new"),
        path(f"{REFERRAL}<slug:task>/<int:number>/", items.change, name="referral-item"),
        path(f"{REFERRAL}<slug:task>/<int:number>/remove/", items.remove, name="referral-item-remove"),
    ]
