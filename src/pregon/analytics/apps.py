from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    name = "pregon.analytics"
    label = "analytics"
    verbose_name = "Vistas"

    def ready(self) -> None:
        from pregon.analytics import tasks  # noqa: F401 - importing the tasks registers them
