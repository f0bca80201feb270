from django.apps import AppConfig


class ActivityPubConfig(AppConfig):
    name = "pregon.channels.activitypub"
    label = "channel_activitypub"
    verbose_name = "ActivityPub"

    def ready(self) -> None:
        from pregon.channels.activitypub.channel import ActivityPubChannel
        from pregon.delivery import registry

        registry.register(ActivityPubChannel)
