from django.apps import AppConfig


class WebhookConfig(AppConfig):
    name = "pregon.channels.webhook"
    label = "channel_webhook"
    verbose_name = "Webhook"

    def ready(self) -> None:
        from pregon.channels.webhook.channel import WebhookChannel
        from pregon.delivery import registry

        registry.register(WebhookChannel)
