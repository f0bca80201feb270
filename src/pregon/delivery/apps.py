from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "pregon.delivery"
    label = "delivery"
    verbose_name = "Envíos"

    def ready(self) -> None:
        from pregon.delivery import permissions, tasks  # noqa: F401 - importing the tasks registers them

        permissions.register()
