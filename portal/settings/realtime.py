"""The doorbell's layer and the cache: Redis where REDIS_URL names one, else inside this one process."""

from typing import Any

from . import env

CHANNEL_LAYERS: dict[str, Any]

FANOUT_INLINE = False  # True: whoever commits an event also fans it out, in the same thread

if env.REDIS_URL:
    CHANNEL_LAYERS = {
        "default": {
            # Publish/subscribe: a Redis outage does not close the sockets (docs/adr/0005).
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [env.REDIS_URL], "prefix": "alongside"},
        }
    }
    CACHES = {"default": {"BACKEND": "portal.cache.ForgivingRedisCache", "LOCATION": env.REDIS_URL}}
else:
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
