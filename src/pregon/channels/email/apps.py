from django.apps import AppConfig


class EmailConfig(AppConfig):
    name = "pregon.channels.email"
    label = "channel_email"
    verbose_name = "Correo"

    def ready(self) -> None:
        from pregon.channels.email.channel import EmailChannel
        from pregon.delivery import registry

        registry.register(EmailChannel)
