from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = "The voice"

    def ready(self) -> None:
        from portal.accounts import endings
        from referrals import events

        from . import fanout, live

        events.announce_to(fanout.nudge)
        endings.announce_to(live.recheck)
