"""The life of a photo's published copies."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Development(models.TextChoices):
    """Whether the copies for publication are ready; the row itself is the queue."""

    DUE = "due", _("Por preparar")
    LEASED = "leased", _("Preparándose")
    READY = "ready", _("Lista")
    FAILED = "failed", _("No se pudo leer")


STEPS: dict[Development, set[Development]] = {
    Development.DUE: {Development.LEASED},
    Development.LEASED: {Development.DUE, Development.READY, Development.FAILED},
    Development.READY: {Development.DUE},
    Development.FAILED: {Development.DUE},
}
