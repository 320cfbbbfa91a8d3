"""Another process's settings: the tests', with the layer in the Redis that ELSEWHERE_REDIS names."""

import os

from portal.settings.test import *  # noqa: F403

CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [os.environ["ELSEWHERE_REDIS"]], "prefix": "test-doorbell"},
    }
}
