from django.apps import AppConfig


class MastodonConfig(AppConfig):
    name = "pregon.channels.mastodon"
    label = "channel_mastodon"
    verbose_name = "Mastodon"

    def ready(self) -> None:
        from pregon.channels.mastodon.channel import MastodonChannel
        from pregon.delivery import registry

        registry.register(MastodonChannel)
