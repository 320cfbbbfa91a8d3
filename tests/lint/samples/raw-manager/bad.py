# as if in: referrals/web/sample.py
from referrals.models import Case, Event


def page(request, reference):
    case = Case.objects.get(reference=reference)  # bad
    return case, Event.objects.filter(case=case), type(case)._default_manager.count()  # bad
