"""Where the readers of a page came from, as far as a browser says without being asked for anything."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Source(models.TextChoices):
    """A kind of place, never an address: few enough that nobody can be told apart by theirs."""

    SITE = "site", _("Otra página de este sitio")
    SEARCH = "search", _("Buscadores")
    EMAIL = "email", _("Correo")
    WHATSAPP = "whatsapp", _("WhatsApp")
    TELEGRAM = "telegram", _("Telegram")
    BROWSER = "browser", _("Avisos del navegador")
    FACEBOOK = "facebook", _("Facebook")
    INSTAGRAM = "instagram", _("Instagram")
    X = "x", _("X")
    BLUESKY = "bluesky", _("Bluesky")
    FEDIVERSE = "fediverse", _("Fediverso")
    OTHER = "other", _("Otros sitios")
    NONE = "none", _("Directo o sin dato")
