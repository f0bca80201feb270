from django.apps import AppConfig


class InstagramConfig(AppConfig):
    name = "pregon.channels.instagram"
    label = "channel_instagram"
    verbose_name = "Instagram"

    def ready(self) -> None:
        from pregon.channels.instagram.channel import InstagramChannel
        from pregon.delivery import registry

        registry.register(InstagramChannel)
