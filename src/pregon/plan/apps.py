from django.apps import AppConfig


class PlanConfig(AppConfig):
    name = "pregon.plan"
    label = "plan"
    verbose_name = "Plan anual"

    def ready(self) -> None:
        from pregon.plan import measures, permissions  # noqa: F401 - importing the measures registers them

        permissions.register()
