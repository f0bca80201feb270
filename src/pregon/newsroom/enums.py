"""The states of a live coverage, what a post of it may be, and what may happen to both."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class LiveState(models.TextChoices):
    """Whether readers may expect more."""

    OPEN = "abierta", _("En vivo")
    PAUSED = "en-pausa", _("En pausa")
    CLOSED = "cerrada", _("Terminó")


LIVE_STEPS: dict[LiveState, set[LiveState]] = {
    LiveState.OPEN: {LiveState.PAUSED, LiveState.CLOSED},
    LiveState.PAUSED: {LiveState.OPEN, LiveState.CLOSED},
    LiveState.CLOSED: set(),
}


class PostKind(models.TextChoices):
    TEXT = "texto", _("Texto")
    PHOTO = "foto", _("Foto")
    QUOTE = "cita", _("Cita")
    VIDEO = "video", _("Video")


class LiveEvent(StrEnum):
    """What just happened to a coverage, for the floors above."""

    STATE = "state"
    SUMMARY = "summary"
    POST = "post"
    CORRECTION = "correction"
    REMOVAL = "removal"
