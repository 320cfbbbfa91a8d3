"""A case on paper: what she reads of it, masked as everywhere, and who printed it when."""

from __future__ import annotations

import pytest
from django.test import Client

from portal.audit.models import Entry
from referrals.actions.case.restrict import restrict

pytestmark = pytest.mark.django_db


def page(county, name: str, case) -> str:
    client = Client()
    client.force_login(county.people[name].user)
    answer = client.get(f"/workspace/cases/{case.reference}/print/")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_it_says_who_printed_it_and_is_a_row(county):
    case = county.fresh("open case")
    said = page(county, "sen", case)
    assert f"Sensitive: printed by {county.sen.user.name} at " in said
    assert case.child.last_name in said and "<nav" not in said
    row = Entry.objects.filter(action="print").get()
    assert (row.reference, row.about, row.user_id) == (case.reference, str(case.child_id), county.sen.user.pk)
    assert not Entry.objects.filter(action="view", reference=case.reference, user_id=county.sen.user.pk).exists()


def test_what_is_protected_is_masked_on_paper_too(county):
    case = county.fresh("open case")
    carers = case.child.carers.all()
    assert carers and case.school.name in page(county, "sen", case)
    restrict(
        case,
        by=county.officer,
        from_user=county.duty.user,
        covers={"school", "address", "contact"},
        reason="There is a court order.",
    )
    said = page(county, "sen", case)
    assert "Protected." in said and case.school.name not in said
    for carer in carers:
        for detail in (carer.phone, carer.email, carer.address):
            assert not detail or detail not in said


def test_each_page_of_the_case_leads_there(county):
    case = county.fresh("open case")
    client = Client()
    client.force_login(county.sen.user)
    assert f"/workspace/cases/{case.reference}/print/" in client.get(f"/workspace/cases/{case.reference}/").text
