from django.apps import AppConfig


class BlueskyConfig(AppConfig):
    name = "pregon.channels.bluesky"
    label = "channel_bluesky"
    verbose_name = "Bluesky"

    def ready(self) -> None:
        from pregon.channels.bluesky.channel import BlueskyChannel
        from pregon.delivery import registry

        registry.register(BlueskyChannel)
