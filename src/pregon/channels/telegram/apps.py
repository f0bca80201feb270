from django.apps import AppConfig


class TelegramConfig(AppConfig):
    name = "pregon.channels.telegram"
    label = "channel_telegram"
    verbose_name = "Telegram"

    def ready(self) -> None:
        from pregon.channels.telegram.channel import TelegramChannel
        from pregon.delivery import registry

        registry.register(TelegramChannel)
