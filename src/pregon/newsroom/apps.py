from django.apps import AppConfig


class NewsroomConfig(AppConfig):
    name = "pregon.newsroom"
    label = "newsroom"
    verbose_name = "Redacción"

    def ready(self) -> None:
        # Importing the tasks and the briefs registers what they hold.
        from pregon.newsroom import briefs, permissions, receivers, tasks  # noqa: F401

        permissions.register()
        receivers.connect()
