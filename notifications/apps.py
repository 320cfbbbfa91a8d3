from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = "The voice"

    def ready(self) -> None:
        from referrals import events

        from . import fanout

        events.announce_to(fanout.nudge)
