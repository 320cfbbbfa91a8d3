# as if in: referrals/web/sample.py
from guardian.core import ObjectPermissionChecker


def may(user, case):
    return user.has_perm("referrals.view_case", case) or ObjectPermissionChecker(user).has_perm("view_case", case)  # bad
