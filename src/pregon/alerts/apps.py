from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "pregon.alerts"
    label = "alerts"
    verbose_name = "Alertas"

    def ready(self) -> None:
        from pregon.alerts import permissions, tasks  # noqa: F401 - importing the tasks registers them

        permissions.register()
