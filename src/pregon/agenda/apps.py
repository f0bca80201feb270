from django.apps import AppConfig


class AgendaConfig(AppConfig):
    name = "pregon.agenda"
    label = "agenda"
    verbose_name = "Agenda"

    def ready(self) -> None:
        from pregon.agenda import permissions

        permissions.register()
