from django.apps import AppConfig


class NewsroomConfig(AppConfig):
    name = "pregon.newsroom"
    label = "newsroom"
    verbose_name = "Redacción"

    def ready(self) -> None:
        from pregon.newsroom import permissions, receivers, tasks  # noqa: F401 - importing the tasks registers them

        permissions.register()
        receivers.connect()
