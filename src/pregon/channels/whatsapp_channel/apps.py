from django.apps import AppConfig


class WhatsAppChannelConfig(AppConfig):
    name = "pregon.channels.whatsapp_channel"
    label = "channel_whatsapp_channel"
    verbose_name = "Canal de WhatsApp"

    def ready(self) -> None:
        from pregon.channels.whatsapp_channel.channel import ByHandChannel
        from pregon.delivery import registry

        registry.register(ByHandChannel)
