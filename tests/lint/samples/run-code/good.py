# as if in: referrals/web/sample.py
import json
import re


def page(request, box):
    return json.loads(box), re.compile("a"), box.execute("x")
