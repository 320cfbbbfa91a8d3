# as if in: referrals/policy.py
from guardian.shortcuts import get_objects_for_user


def granted(user, model):
    mine = get_objects_for_user(user, "view_case", model)  # bad
    return mine, get_objects_for_user(user, "view_case", model, accept_global_perms=False)  # bad
