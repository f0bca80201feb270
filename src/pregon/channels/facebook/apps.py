from django.apps import AppConfig


class FacebookConfig(AppConfig):
    name = "pregon.channels.facebook"
    label = "channel_facebook"
    verbose_name = "Facebook"

    def ready(self) -> None:
        from pregon.channels.facebook.channel import FacebookChannel
        from pregon.delivery import registry

        registry.register(FacebookChannel)
