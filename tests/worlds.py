"""A small county with everything in it: people of every role, and a concern, referral, case and note of every sort.

Built through the actions themselves, so that each thing has the history it would have in life. `people` are Actors by
name, `things` the objects by name. The laws ask the policy about every person × verb × object.
"""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.utils import timezone

from portal.accounts import membership
from portal.accounts.actor import Actor
from portal.accounts.models import Agency, Membership, User
from portal.accounts.roles import AgencyKind, Role
from portal.demo.answers import concern_answers, referral_answers
from referrals.actions._grant import Invitation, Shares
from referrals.actions.case.add_note import add_note
from referrals.actions.case.close import close
from referrals.actions.case.declare_conflict import declare_conflict
from referrals.actions.case.invite import invite
from referrals.actions.case.join import join
from referrals.actions.case.remove import remove
from referrals.actions.case.restrict import restrict
from referrals.actions.concern.accept import accept as accept_concern
from referrals.actions.concern.contact import contact
from referrals.actions.concern.declare_conflict import declare_conflict as declare_concern_conflict
from referrals.actions.concern.decline import decline as decline_concern
from referrals.actions.concern.raise_ import raise_
from referrals.actions.concern.review import review
from referrals.actions.referral.accept import accept
from referrals.actions.referral.declare_conflict import declare_conflict as declare_referral_conflict
from referrals.actions.referral.decline import decline
from referrals.actions.referral.edit import edit
from referrals.actions.referral.return_ import return_
from referrals.actions.referral.start import start
from referrals.actions.referral.submit import submit
from referrals.actions.referral.withdraw import withdraw
from referrals.models import BreakGlass, Case, Concern, Event, Grant, Note, Referral

PASSWORD = "attendance-demo"

AGENCIES = {
    "attendance team": (AgencyKind.LA_ATTENDANCE, "attendance"),
    "Hillside": (AgencyKind.SCHOOL, "hillside"),
    "Riverside": (AgencyKind.SCHOOL, "riverside"),
    "Trust": (AgencyKind.TRUST, "trust"),
    "SEN": (AgencyKind.LA_SEN, "sen"),
    "Early Help": (AgencyKind.LA_EARLY_HELP, "early-help"),
    "Orchard": (AgencyKind.AP_PROVIDER, "orchard"),
    "Health": (AgencyKind.HEALTH, "health"),
    "Voluntary": (AgencyKind.VOLUNTARY, "voluntary"),
    "Police": (AgencyKind.POLICE_YJS, "police"),
    "Council": (AgencyKind.COUNCIL, "council"),
}
PEOPLE = {
    "lead": ("Hillside", Role.SCHOOL_STAFF),
    "colleague": ("Hillside", Role.SCHOOL_STAFF),
    "senco": ("Hillside", Role.SENCO),
    "head": ("Hillside", Role.HEAD),
    "former": ("Hillside", Role.SCHOOL_STAFF),
    "other lead": ("Riverside", Role.SCHOOL_STAFF),
    "trust lead": ("Trust", Role.TRUST_LEAD),
    "duty": ("attendance team", Role.LA_DUTY),
    "officer": ("attendance team", Role.LA_OFFICER),
    "manager": ("attendance team", Role.LA_MANAGER),
    "sen": ("SEN", Role.SEN_CASEWORKER),
    "early help": ("Early Help", Role.EH_PRACTITIONER),
    "early help colleague": ("Early Help", Role.EH_PRACTITIONER),
    "provider": ("Orchard", Role.AP_PROVIDER),
    "health": ("Health", Role.PARTNER),
    "editor": ("Council", Role.EDITOR),
    "dpo": ("Council", Role.DPO),
    "suspended": ("attendance team", Role.LA_OFFICER),
    "dsl": ("Hillside", Role.DSL),
    "conflicted manager": ("attendance team", Role.LA_MANAGER),
    "restricted staff": ("Early Help", Role.EH_PRACTITIONER),
    "sections partner": ("Voluntary", Role.PARTNER),
    "today partner": ("Police", Role.PARTNER),
    "glass dpo": ("Council", Role.DPO),
}


@dataclass
class World:
    agencies: dict[str, Agency] = field(default_factory=dict)
    people: dict[str, Actor] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        """`world.open_case`, `world.duty`: a thing or a person, underscores for spaces."""
        plain = name.replace("_", " ")
        for shelf in ("people", "things", "agencies"):
            found = self.__dict__.get(shelf, {})
            if plain in found:
                return found[plain]
        raise AttributeError(name)

    def fresh(self, name: str) -> Any:
        """The thing as it is in the database now."""
        thing = self.things[name]
        return type(thing)._default_manager.get(pk=thing.pk)


def staffed(names: dict[str, tuple[str, str]] = PEOPLE) -> World:
    """Agencies and people only."""
    world = World()
    groups = Group.objects.bulk_create([Group(name=f"agency: {slug}") for _, slug in AGENCIES.values()])
    for group, (name, (kind, slug)) in zip(groups, AGENCIES.items(), strict=True):
        world.agencies[name] = Agency(kind=kind, name=name, slug=slug, group=group)
    Agency.objects.bulk_create(world.agencies.values())
    world.agencies["Hillside"].trust = world.agencies["Trust"]
    world.agencies["Hillside"].save()
    password = make_password(PASSWORD)
    users = User.objects.bulk_create(
        User(
            email=f"{name.replace(' ', '.')}@{world.agencies[agency].slug}.example.org",
            name=f"{name.title()} Person",
            password=password,
        )
        for name, (agency, _) in names.items()
    )
    for user, (name, (agency, role)) in zip(users, names.items(), strict=True):
        world.people[name] = Actor(Membership(user=user, agency=world.agencies[agency], role=role))
    Membership.objects.bulk_create([actor.membership for actor in world.people.values()])
    User.groups.through.objects.bulk_create(
        User.groups.through(user=actor.user, group_id=actor.agency.group_id) for actor in world.people.values()
    )
    return world


def sent_referral(world: World, *, by: str = "lead", seed: int = 0, **pupil: Any) -> Referral:
    """A complete referral of `by`'s school, sent."""
    actor = world.people[by]
    referral = start(by=actor)
    for task, answers in referral_answers(seed, **pupil).items():
        edit(referral, by=actor, task=task, answers=answers)
    return submit(referral, by=actor)


def received_concern(school: Agency | None = None, seed: int = 0, **answers: Any) -> Concern:
    return raise_(concern_answers(seed, **answers), by=Actor.public(), submission_key=uuid.uuid4(), school=school)


def opened_case(world: World, *, seed: int = 0, invited: tuple[str, ...] = (), joined: tuple[str, ...] = ()) -> Case:
    """A case from a referral of Hillside's, with agencies invited, and people who joined for theirs."""
    referral = sent_referral(world, seed=seed)
    agencies = [*invited, *(PEOPLE[name][0] for name in joined)]
    accept(
        referral,
        by=world.people["duty"],
        lead=world.people["officer"].user,
        aim="Four full days by half-term",
        invitations=[Invitation(world.agencies[name], f"Work with {name}") for name in agencies],
    )
    for name in joined:
        join(referral.case, by=world.people[name])
    return Case.objects.get(pk=referral.case_id)


def county() -> World:
    """Everything."""
    world = staffed()
    duty, officer, lead = world.people["duty"], world.people["officer"], world.people["lead"]
    things = world.things

    # Concerns, one in every stage.
    hillside = world.agencies["Hillside"]
    things["received concern"] = received_concern(hillside, 1)
    things["reviewing concern"] = review(received_concern(hillside, 2), by=duty)
    things["contacted concern"] = contact(received_concern(None, 3), by=officer, outcome="spoke")
    linked = accept_concern(received_concern(hillside, 4, share_with_school="no"), by=duty, lead=officer.user)
    things["linked concern"] = linked
    things["case from concern"] = linked.case
    things["closed concern"] = decline_concern(
        received_concern(hillside, 5), by=duty, reason="advice_given", advice="Ask for a meeting with the school."
    )

    # Referrals, one in every stage.
    things["draft"] = start(by=lead)
    edit(things["draft"], by=lead, task="pupil", answers=referral_answers(10)["pupil"])
    things["other draft"] = start(by=world.people["other lead"])
    things["submitted"] = sent_referral(world, seed=11)
    things["other submitted"] = sent_referral(world, by="other lead", seed=12)
    things["returned"] = return_(sent_referral(world, seed=13), by=duty, items={"voices": "Add what the child says"})
    things["declined"] = decline(
        sent_referral(world, seed=14), by=duty, reason="not_yet_tried", advice="Try a meeting."
    )
    things["withdrawn draft"] = withdraw(start(by=lead), by=lead)
    things["withdrawn"] = withdraw(sent_referral(world, seed=15), by=lead)

    # Cases: open with partners of every kind of participation, and closed.
    case = opened_case(world, seed=16, invited=("Orchard",), joined=("sen", "early help", "health"))
    things["open case"] = case
    things["accepted"] = Referral.objects.get(case=case)
    remove(case, by=officer, agency=world.agencies["Health"])
    things["plain case"] = opened_case(world, seed=17)
    expired = opened_case(world, seed=18, joined=("early help",))
    Grant.everything.filter(content_object=expired, group=world.agencies["Early Help"].group).update(
        until=timezone.localdate() - datetime.timedelta(days=1)
    )
    things["case with expired grant"] = expired
    closed = opened_case(world, seed=19, joined=("sen",))
    things["closed case"] = close(closed, by=officer, outcome="better", what_helped="One named person")
    read_out = opened_case(world, seed=20, joined=("sen",))
    close(read_out, by=officer, outcome="better", what_helped="A quiet start")
    Grant.everything.filter(content_object=read_out).update(until=timezone.localdate() - datetime.timedelta(days=1))
    things["closed case, read out"] = read_out

    # Notes at every visibility, by several agencies.
    people = world.people
    things["note to all"] = add_note(case, by=people["early help"], body="Home visit went well.")
    things["school's own note"] = add_note(case, by=lead, body="Seen in tutor time.", visibility="agency")
    things["early help's own note"] = add_note(case, by=people["early help"], body="Team note.", visibility="agency")
    things["council's own note"] = add_note(case, by=officer, body="Our view.", visibility="agency")
    things["note to sen"] = add_note(
        case, by=people["early help"], body="For SEN only.", visibility="named", people=[people["sen"].user]
    )
    things["note to officer"] = add_note(
        case, by=lead, body="For the officer only.", visibility="named", people=[officer.user]
    )

    things.update(guarded(world))

    # Endings: somebody who left, somebody suspended.
    membership.leave(people["former"].membership)
    User.objects.filter(pk=people["suspended"].user.pk).update(is_active=False)
    for name, thing in list(things.items()):
        things[name] = type(thing)._default_manager.get(pk=thing.pk)
    return world


def guarded(world: World) -> dict[str, Any]:
    """What some must not know, and some know in part: conflicts, a restriction, shares, and glass that was broken."""
    people, officer = world.people, world.people["officer"]
    conflicted, restricted = people["conflicted manager"], people["restricted staff"]
    guarded = opened_case(world, seed=21, joined=("early help",))
    note = add_note(guarded, by=people["early help"], body="Calls go to the grandmother.")
    carer = guarded.child.carers.order_by("pk").first()
    carer.address = "4 Safe Lane"
    carer.save()
    restrict(
        guarded,
        by=people["dsl"],
        protects=carer,
        from_user=restricted.user,
        covers={"address", "contact"},
        reason="There is a court order.",
    )
    declare_conflict(guarded, by=people["manager"], person=conflicted.user, reason="A neighbour.")

    referral = sent_referral(world, seed=22)
    declare_referral_conflict(referral, by=conflicted, reason="My nephew.")
    concern = received_concern(world.agencies["Hillside"], 23)
    declare_concern_conflict(concern, by=conflicted, reason="My nephew.")

    shared = opened_case(world, seed=24)
    before = add_note(shared, by=officer, body="Before anybody else was asked.")
    some = Shares(frozenset({"attendance", "told"}))
    for name, shares in (("sections partner", some), ("today partner", Shares(from_today=True))):
        agency = people[name].agency
        invite(shared, by=officer, invitation=Invitation(agency, f"Work with {name}", None, shares))
        join(shared, by=people[name])
    after = add_note(shared, by=officer, body="After the police had joined.")

    now, who = timezone.now(), people["glass dpo"]
    for case, ended_at in ((guarded, None), (shared, now)):
        BreakGlass.objects.create(
            user=who.user,
            membership=who.membership,
            case=case,
            reason="A child may be in danger tonight.",
            since=now,
            ends_at=now + datetime.timedelta(minutes=60),
            ended_at=ended_at,
            told=people["manager"].user,
        )
    return {
        "guarded case": guarded,
        "guarded referral": Referral.objects.get(case=guarded),
        "note on the guarded case": note,
        "conflicted referral": referral,
        "conflicted concern": concern,
        "shared case": shared,
        "note before sharing": before,
        "note after sharing": after,
    }


NOUNS: tuple[type, ...] = (Concern, Referral, Case, Note, Event)
