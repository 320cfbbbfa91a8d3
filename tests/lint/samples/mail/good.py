# as if in: referrals/actions/case/sample.py
from notifications.models import Delivery


def done(deliveries):
    return [each for each in deliveries if isinstance(each, Delivery)]
