"""People and access: who works where, who is asked to, and what ends."""

from django.urls import path

from . import agencies, change, invitations, pages, term

ONE = "people/<int:number>/"
HELD = f"{ONE}memberships/<int:membership>/"


def urls() -> list:
    return [
        path("people/", pages.people, name="people"),
        path("people/leavers/", pages.leavers, name="people-leavers"),
        path("people/confirm/", term.confirm, name="people-confirm"),
        path("people/invite/", invitations.invite, name="people-invite"),
        path("people/invitations/<int:number>/", invitations.again_or_not, name="people-invitation"),
        path("people/agencies/", agencies.agencies, name="people-agencies"),
        path("people/agencies/<slug:agency>/close/", agencies.close, name="people-close-agency"),
        path(ONE, pages.person, name="person"),
        path(f"{ONE}suspend/", change.suspend, name="person-suspend"),
        path(f"{ONE}restore/", change.restore, name="person-restore"),
        path(f"{ONE}second-step/", change.lost_second_step, name="person-second-step"),
        path(f"{ONE}hand-over/", change.hand_over, name="person-hand-over"),
        path(f"{HELD}role/", change.role, name="person-role"),
        path(f"{HELD}end/", change.end, name="person-end"),
    ]
