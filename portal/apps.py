from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "The building"

    def ready(self) -> None:
        from portal import checks, logs  # noqa: F401  checks: registers the system checks

        logs.configure()
