"""Check, list, buttons and audience are one rule seen from four sides: for every person, every verb and every thing."""

import pytest

from portal.accounts.actor import Actor
from portal.accounts.models import Membership
from referrals import policy
from referrals.models import Case
from referrals.workflow import Noun, Verb, begins
from tests.worlds import NOUNS, PEOPLE

EVERYBODY = [*PEOPLE, "public", "worker"]


def actor_of(county, name: str) -> Actor:
    return Actor(name=name) if name in {"public", "worker"} else county.people[name]


def verbs_on(noun: Noun) -> list[Verb]:
    """What is a button of the thing. What is done with a thing one cannot see has a law of its own below."""
    found = {rule.verb for rule in policy.RULES if rule.noun is noun and not begins(noun, rule.verb)}
    return sorted(found - policy.UNSEEN)


@pytest.mark.parametrize("person", EVERYBODY)
def test_check_list_and_buttons_agree(county, person):
    actor = actor_of(county, person)
    cells = 0
    for model in NOUNS:
        things = list(model._default_manager.all())
        buttons = policy.allowed_each(actor, things)
        for verb in verbs_on(model.NOUN):
            listed = set(policy.visible_to(actor, model, verb).values_list("pk", flat=True))
            for thing in things:
                cells += 1
                checked = policy.can(actor, verb, thing)
                assert checked == (thing.pk in listed) == (verb in buttons[thing.pk]), (person, verb, thing)
                assert policy.explain(actor, verb, thing).allowed == checked, (person, verb, thing)
    assert cells > 300


def test_who_may_is_the_same_question_turned_round(county):
    """`holders` names exactly the people who have the button: those for whom `can` says yes, as above."""
    standing = [county.people[name] for name in PEOPLE]
    for model in NOUNS:
        things = list(model._default_manager.all())
        buttons = [(actor.user.pk, policy.allowed_each(actor, things)) for actor in standing]
        for thing in things:
            for verb in verbs_on(model.NOUN):
                holders = set(policy.holders(verb, thing).values_list("pk", flat=True))
                allowed = {person for person, each in buttons if verb in each[thing.pk]}
                assert holders == allowed, (verb, thing)


def test_guardian_gives_the_same_answer_to_everybody_who_comes_in_by_a_grant(county):
    from referrals.actions.case.expire import expire_all

    by_grant = {
        r for rule in policy.RULES if rule.tie is policy.TAKES_PART and rule.verb is Verb.VIEW for r in rule.roles
    }
    expire_all(by=Actor.machine("worker"))
    for name in PEOPLE:
        actor = county.people[name]
        if actor.role not in by_grant or actor.role == "trust_lead":
            continue
        if not Membership.objects.current().filter(pk=actor.membership.pk).exists():
            continue
        ours = set(policy.visible_to(actor, Case).values_list("pk", flat=True))
        guardians = set(policy.guardian_cases(actor).values_list("pk", flat=True))
        # guardian knows of no denial: what one keeps from her, it is asked for, and she is not shown.
        denied = set(policy.denied_cases(actor).values_list("pk", flat=True))
        assert not ours & denied
        assert ours == guardians - denied, name
        for case in Case.objects.exclude(pk__in=denied):
            assert actor.user.has_perm("referrals.view_case", case) == (case.pk in ours), (name, case)


def test_a_model_level_permission_or_a_superuser_opens_nothing(county):
    from django.contrib.auth.models import Permission

    from referrals.actions._grant import permission_id

    actor = county.people["health"]
    before = {m: set(policy.visible_to(actor, m).values_list("pk", flat=True)) for m in NOUNS}
    actor.agency.group.permissions.add(Permission.objects.get(pk=permission_id("view_case")))
    actor.user.is_superuser = True
    actor.user.save()
    try:
        assert {m: set(policy.visible_to(actor, m).values_list("pk", flat=True)) for m in NOUNS} == before
        assert not policy.guardian_cases(actor).exists()
    finally:
        actor.agency.group.permissions.clear()
        actor.user.is_superuser = False
        actor.user.save()


def test_people_without_casework_see_none_of_it(county):
    for name in ("editor", "dpo", "former", "suspended"):
        for model in NOUNS:
            assert not policy.visible_to(county.people[name], model).exists(), (name, model)
    for model in NOUNS:
        assert not policy.visible_to(None, model).exists()


def test_what_is_done_unseen_is_no_button_and_tells_nobody_that_the_thing_is_there(county):
    """Break the glass, review it, ask who can see: the rules agree; asked for the case itself they say "no such"."""
    cases, cells = list(Case.objects.all()), 0
    for name in EVERYBODY:
        actor = actor_of(county, name)
        buttons = policy.allowed_each(actor, cases)
        for verb in policy.UNSEEN:
            may = set(policy.visible_to(actor, Case, verb).values_list("pk", flat=True))
            for case in cases:
                cells += 1
                assert policy.can(actor, verb, case) == (case.pk in may), (name, verb, case)
                assert policy.explain(actor, verb, case).allowed == (case.pk in may), (name, verb, case)
                assert verb not in buttons[case.pk]
                if not buttons[case.pk]:
                    with pytest.raises(policy.Invisible):
                        policy.require(actor, Verb.CLOSE, case)
                if case.pk not in may:
                    with pytest.raises(policy.Invisible):
                        policy.require(actor, verb, case)
    assert cells > 500
    guarded = county.guarded_case
    for name in ("conflicted manager", "restricted staff"):
        for verb in policy.UNSEEN:
            assert not policy.can(county.people[name], verb, guarded), (name, verb)


def test_every_rule_lets_somebody_do_something(county):
    """A row that nothing in a county with everything in it can use is a row nobody has thought through."""
    used = set()
    for model in NOUNS:
        for name in EVERYBODY:
            actor = actor_of(county, name)
            for verb in verbs_on(model.NOUN):
                if policy.visible_to(actor, model, verb).exists():
                    used.add((model.NOUN, verb))
    # What may be done with a case one cannot see is on no list: tests/actions hold it to who may.
    wanted = {(r.noun, r.verb) for r in policy.RULES if r.noun is not Noun.COUNTY and not begins(r.noun, r.verb)}
    assert used == {(noun, verb) for noun, verb in wanted if verb not in policy.UNSEEN}
