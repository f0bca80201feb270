from django.apps import AppConfig


class WebPushConfig(AppConfig):
    name = "pregon.channels.webpush"
    label = "channel_webpush"
    verbose_name = "Avisos del navegador"

    def ready(self) -> None:
        from pregon.channels.webpush.channel import WebPushChannel
        from pregon.delivery import registry

        registry.register(WebPushChannel)
