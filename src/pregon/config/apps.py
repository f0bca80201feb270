"""The configuration is an app too, for its management commands."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "pregon.config"
    label = "config"
