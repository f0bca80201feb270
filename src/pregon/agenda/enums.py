"""Kinds and states of an act, and the products that cover it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What sort of act it is."""

    OFFICIAL = "oficial", _("Acto oficial")
    CIVIC = "civico", _("Ceremonia cívica")
    WORKS = "obra", _("Obra y servicios")
    TOUR = "gira", _("Gira de trabajo")
    SESSION = "sesion", _("Sesión de cabildo")
    CULTURE = "cultura", _("Cultura y fiestas")
    SPORT = "deporte", _("Deporte")
    HEALTH = "salud", _("Salud y prevención")
    PRESS = "prensa", _("Rueda de prensa")
    OTHER = "otro", _("Otro")


class State(models.TextChoices):
    """Whether the act will take place as written."""

    CONFIRMED = "confirmado", _("Confirmado")
    TENTATIVE = "por-confirmar", _("Por confirmar")
    POSTPONED = "pospuesto", _("Pospuesto")
    CANCELLED = "cancelado", _("Cancelado")


STEPS: dict[State, set[State]] = {
    State.TENTATIVE: {State.CONFIRMED, State.POSTPONED, State.CANCELLED},
    State.CONFIRMED: {State.TENTATIVE, State.POSTPONED, State.CANCELLED},
    State.POSTPONED: {State.CONFIRMED, State.TENTATIVE, State.CANCELLED},
    State.CANCELLED: {State.CONFIRMED},
}


class Product(models.TextChoices):
    """A piece that an act is due."""

    BULLETIN = "boletin", _("Boletín")
    PHOTOS = "fotos", _("Fotos")
    LIVE = "en-vivo", _("Minuto a minuto")
    VIDEO = "video", _("Video")
    AUDIO = "audio", _("Audio")


class Settlement(models.TextChoices):
    """How a coverage ended. *Late* is not stored: it is a coverage still due after the act."""

    DUE = "pendiente", _("Pendiente")
    COVERED = "cubierta", _("Cubierta")
    EXCUSED = "no-cubierta", _("No cubierta, con motivo")


#: A withdrawn piece gives its coverage back; an excuse ends when the piece appears after all.
SETTLEMENT_STEPS: dict[Settlement, set[Settlement]] = {
    Settlement.DUE: {Settlement.COVERED, Settlement.EXCUSED},
    Settlement.COVERED: {Settlement.DUE},
    Settlement.EXCUSED: {Settlement.COVERED},
}
