from django.apps import AppConfig


class WhatsAppConfig(AppConfig):
    name = "pregon.channels.whatsapp"
    label = "channel_whatsapp"
    verbose_name = "WhatsApp"

    def ready(self) -> None:
        from pregon.channels.whatsapp.channel import WhatsAppChannel
        from pregon.delivery import registry

        registry.register(WhatsAppChannel)
