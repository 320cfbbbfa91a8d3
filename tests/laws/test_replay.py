"""Replaying the events of anything gives the stage it is in."""

from referrals import events
from referrals.models import Case, Concern, Event, Referral
from referrals.workflow import replay


def test_replaying_the_events_gives_the_stage(county):
    told = 0
    for model in (Concern, Referral, Case):
        for thing in model._default_manager.all():
            verbs = [
                events.KINDS[events.Kind(event.kind)].verb
                for event in Event.objects.filter(**{model.NOUN: thing}).order_by("pk")
                if events.KINDS[events.Kind(event.kind)].noun is model.NOUN
            ]
            assert replay(model.NOUN, verbs) == thing.stage, (thing, verbs)
            told += 1
    assert told > 20


def test_an_event_cannot_be_changed_or_deleted(county):
    import pytest

    event = Event.objects.first()
    with pytest.raises(TypeError):
        event.save()
    with pytest.raises(TypeError):
        event.delete()
    with pytest.raises(TypeError):
        Event.objects.all().delete()
    with pytest.raises(TypeError):
        Event.objects.update(kind="accepted")


def test_no_event_holds_the_text_of_a_note(county):
    from referrals.models import Note

    texts = set(Note.objects.values_list("body", flat=True))
    for event in Event.objects.all():
        assert not texts & {str(value) for value in event.data.values()}
