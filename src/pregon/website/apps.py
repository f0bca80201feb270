from django.apps import AppConfig


class WebsiteConfig(AppConfig):
    name = "pregon.website"
    label = "website"
    verbose_name = "Sitio"

    def ready(self) -> None:
        from pregon.website import permissions, receivers, tasks  # noqa: F401 - importing the tasks registers them

        permissions.register()
        receivers.connect()
