# as if in: referrals/web/sample.py
from portal.accounts.models import Agency
from referrals import policy
from referrals.models import Case


def page(request, reference):
    case = policy.visible_to(request.actor, Case).get(reference=reference)
    return case, Agency.objects.open()
