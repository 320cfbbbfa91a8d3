# as if in: referrals/api/sample.py
from rest_framework.permissions import AllowAny


class Cases:
    permission_classes = [AllowAny]  # bad


class Notes:
    permission_classes = []  # bad
