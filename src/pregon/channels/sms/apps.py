from django.apps import AppConfig


class SmsConfig(AppConfig):
    name = "pregon.channels.sms"
    label = "channel_sms"
    verbose_name = "SMS"

    def ready(self) -> None:
        from pregon.channels.sms.channel import SmsChannel
        from pregon.delivery import registry

        registry.register(SmsChannel)
