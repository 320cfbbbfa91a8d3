# as if in: referrals/api/sample.py
from rest_framework.permissions import IsAuthenticated


class Cases:
    permission_classes = [IsAuthenticated]
