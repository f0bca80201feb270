from django.apps import AppConfig


class XConfig(AppConfig):
    name = "pregon.channels.x"
    label = "channel_x"
    verbose_name = "X"

    def ready(self) -> None:
        from pregon.channels.x.channel import XChannel
        from pregon.delivery import registry

        registry.register(XChannel)
