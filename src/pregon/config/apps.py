"""The configuration is an app too, for its management commands; here what several machines need is joined on."""

from django.apps import AppConfig
from django.conf import settings


class ConfigConfig(AppConfig):
    name = "pregon.config"
    label = "config"

    def ready(self) -> None:
        if settings.PREGON_QUEUE_URL:
            from pregon.config import queueing  # needs Celery, which one machine does not

            queueing.connect()
