# as if in: referrals/actions/case/sample.py
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer


def tell(case):
    layer = get_channel_layer()  # bad
    async_to_sync(layer.group_send)("case", {"n": 1})
    layer.group_send("case", {"n": 1})  # bad
