"""The words of the Common Alerting Protocol 1.2, by their own names, and where an alert stands here."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where one message of an alert stands."""

    DRAFT = "draft", _("Borrador")
    WAITING = "waiting", _("Espera a la segunda persona")
    ACTIVE = "active", _("Vigente")
    UPDATED = "updated", _("Actualizada")
    CANCELLED = "cancelled", _("Cancelada")
    EXPIRED = "expired", _("Terminó")


#: The only legal steps. What was sent never goes back; a message that cancels ends as it is sent; what ended by itself
#: is cancelled only when it was a drill.
STEPS: dict[State, set[State]] = {
    State.DRAFT: {State.WAITING, State.ACTIVE, State.CANCELLED},
    State.WAITING: {State.DRAFT, State.ACTIVE, State.CANCELLED},
    State.ACTIVE: {State.UPDATED, State.CANCELLED, State.EXPIRED},
    State.UPDATED: set(),
    State.CANCELLED: set(),
    State.EXPIRED: {State.CANCELLED},
}
UNSENT = (State.DRAFT, State.WAITING)
TONES: dict[State, str] = {
    State.DRAFT: "soft",
    State.WAITING: "warn",
    State.ACTIVE: "bad",
    State.UPDATED: "soft",
    State.CANCELLED: "soft",
    State.EXPIRED: "soft",
}


class Status(models.TextChoices):
    """Whether it is the real thing; chosen once, for the whole chain."""

    ACTUAL = "Actual", _("Alerta real")
    EXERCISE = "Exercise", _("Simulacro")


class MessageType(models.TextChoices):
    ALERT = "Alert", _("Alerta")
    UPDATE = "Update", _("Actualización")
    CANCEL = "Cancel", _("Cancelación")


class Category(models.TextChoices):
    GEO = "Geo", _("Sismo, deslave o volcán")
    MET = "Met", _("Tiempo y agua")
    SAFETY = "Safety", _("Seguridad de las personas")
    SECURITY = "Security", _("Seguridad pública")
    RESCUE = "Rescue", _("Búsqueda y rescate")
    FIRE = "Fire", _("Incendio")
    HEALTH = "Health", _("Salud")
    ENVIRONMENT = "Env", _("Medio ambiente")
    TRANSPORT = "Transport", _("Caminos y transporte")
    INFRASTRUCTURE = "Infra", _("Agua, luz y servicios")
    CBRNE = "CBRNE", _("Sustancias peligrosas")
    OTHER = "Other", _("Otra")


class Response(models.TextChoices):
    SHELTER = "Shelter", _("Resguárdate")
    EVACUATE = "Evacuate", _("Evacúa")
    PREPARE = "Prepare", _("Prepárate")
    EXECUTE = "Execute", _("Haz lo indicado")
    AVOID = "Avoid", _("Evita la zona")
    MONITOR = "Monitor", _("Mantente al tanto")
    ASSESS = "Assess", _("Valora la situación")
    ALL_CLEAR = "AllClear", _("Ya no hay peligro")
    NONE = "None", _("No hace falta hacer nada")


class Urgency(models.TextChoices):
    IMMEDIATE = "Immediate", _("Ahora mismo")
    EXPECTED = "Expected", _("En la próxima hora")
    FUTURE = "Future", _("Más adelante")
    PAST = "Past", _("Ya pasó")
    UNKNOWN = "Unknown", _("No se sabe")


class Severity(models.TextChoices):
    EXTREME = "Extreme", _("Extrema")
    SEVERE = "Severe", _("Severa")
    MODERATE = "Moderate", _("Moderada")
    MINOR = "Minor", _("Menor")
    UNKNOWN = "Unknown", _("No se sabe")


#: Nobody sends one of these alone, unless nobody else answers.
GRAVE = (Severity.EXTREME, Severity.SEVERE)


class Certainty(models.TextChoices):
    OBSERVED = "Observed", _("Está ocurriendo")
    LIKELY = "Likely", _("Es probable")
    POSSIBLE = "Possible", _("Es posible")
    UNLIKELY = "Unlikely", _("No es probable")
    UNKNOWN = "Unknown", _("No se sabe")
