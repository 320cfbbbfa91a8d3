# as if in: referrals/web/sample.py
import os
import pickle  # bad


def page(request, box):
    os.system("convert " + box)  # bad
    return eval(box), pickle.loads(box), box.run("x", shell=True)  # bad
