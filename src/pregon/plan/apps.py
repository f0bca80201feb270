from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class PlanConfig(AppConfig):
    name = "pregon.plan"
    label = "plan"
    verbose_name = "Plan anual"

    def ready(self) -> None:
        from pregon.plan import permissions

        permissions.register()
        # Each app on a floor above, and any package from outside, measures what is its own in its own folder.
        autodiscover_modules("measures")
