"""The life of a baked page; the row itself is the queue."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Baking(models.TextChoices):
    """Whether the file on the disk says what the view would say."""

    DUE = "due", _("Por hornear")
    LEASED = "leased", _("Horneándose")
    BAKED = "baked", _("Horneada")
    GONE = "gone", _("Sin página")


STEPS: dict[Baking, set[Baking]] = {
    Baking.DUE: {Baking.LEASED},
    # Back to due: it failed, its worker died, or the page changed while it was in the oven.
    Baking.LEASED: {Baking.DUE, Baking.BAKED, Baking.GONE},
    Baking.BAKED: {Baking.DUE, Baking.LEASED},  # leased at once when only the clock made it stale
    Baking.GONE: {Baking.DUE, Baking.LEASED},
}
