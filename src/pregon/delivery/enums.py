"""States of the ledger, its lanes, and what a channel is allowed to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


class State(models.TextChoices):
    """Where one message to one receiver stands."""

    DUE = "due", _("Por enviar")
    LEASED = "leased", _("Saliendo")
    SENT = "sent", _("Enviado")
    DELIVERED = "delivered", _("Entregado")
    FAILED = "failed", _("Falló")
    WITHHELD = "withheld", _("Retenido")
    SUPPRESSED = "suppressed", _("Omitido")
    UNCERTAIN = "uncertain", _("En duda")


#: A few words beside those that nobody explains.
EXPLAINED: dict[State, StrPromise] = {
    State.WITHHELD: _("se guardó y no salió"),
    State.SUPPRESSED: _("ya no debía salir"),
    State.UNCERTAIN: _("no se sabe si llegó"),
}

#: The only legal steps. Back to due leads a lease given back (a postponement) or a person's word (send again, retry);
#: what was withheld is sent when a person has passed it on.
STEPS: dict[State, set[State]] = {
    State.DUE: {State.LEASED, State.SUPPRESSED},
    State.LEASED: {
        State.DUE,
        State.SENT,
        State.DELIVERED,
        State.FAILED,
        State.WITHHELD,
        State.SUPPRESSED,
        State.UNCERTAIN,
    },
    State.SENT: {State.DELIVERED, State.FAILED},
    State.UNCERTAIN: {State.SENT, State.DELIVERED, State.FAILED, State.DUE},
    State.DELIVERED: set(),
    State.FAILED: {State.DUE},
    State.WITHHELD: {State.SENT},
    State.SUPPRESSED: set(),
}

#: Colours of the tokens in website/tokens.css, beside the word and never instead of it.
COLOURS: dict[State, str] = {
    State.DUE: "soft",
    State.LEASED: "warn",
    State.SENT: "ok",
    State.DELIVERED: "ok",
    State.FAILED: "bad",
    State.WITHHELD: "soft",
    State.SUPPRESSED: "soft",
    State.UNCERTAIN: "warn",
}

WAITING = (State.DUE, State.LEASED)
OUT = (State.SENT, State.DELIVERED)


class MessageKind(models.TextChoices):
    """What a message is, so that a channel may answer, edit or delete the first one."""

    NEWS = "news", _("Boletín")
    CORRECTION = "correction", _("Corrección")
    WITHDRAWAL = "withdrawal", _("Retiro")
    SERVICE = "service", _("Aviso de la suscripción")
    #: Each stands for itself, also when it follows another: nothing is edited away, and whoever has it is woken anew.
    ALERT = "alert", _("Alerta")


class Mode(models.TextChoices):
    """What a channel may do. Sandbox is where each begins."""

    OFF = "off", _("Apagado")
    SANDBOX = "sandbox", _("Ensayo: recorre todo el camino y guarda lo que habría salido")
    LIVE = "live", _("En vivo")


class Standing(models.TextChoices):
    """Where a subscriber stands."""

    PENDING = "pending", _("Falta confirmar")
    CONFIRMED = "confirmed", _("Confirmado")
    LEFT = "left", _("Se dio de baja")
    GONE = "gone", _("La dirección ya no recibe")


#: The only legal steps. Who left or was gone may come back by asking again.
STANDING_STEPS: dict[Standing, set[Standing]] = {
    Standing.PENDING: {Standing.CONFIRMED, Standing.LEFT, Standing.GONE},
    Standing.CONFIRMED: {Standing.LEFT, Standing.GONE},
    Standing.LEFT: {Standing.PENDING, Standing.CONFIRMED, Standing.GONE},
    Standing.GONE: {Standing.PENDING, Standing.CONFIRMED, Standing.LEFT},
}


class Frequency(models.TextChoices):
    """How often a subscriber is written to."""

    EACH = "each", _("Cada boletín, en cuanto sale")
    DAILY = "daily", _("Un resumen al día")
    WEEKLY = "weekly", _("Un resumen a la semana")


#: Those that wait and are told together.
TOGETHER = (Frequency.DAILY, Frequency.WEEKLY)


class Reason(models.TextChoices):
    """Why nothing may be sent to an address until its holder asks for it again."""

    LEFT = "left", _("Se dio de baja")
    GONE = "gone", _("La dirección ya no recibe")
    COMPLAINT = "complaint", _("Lo marcó como no deseado")
    MANUAL = "manual", _("La oficina lo anotó a petición suya")


class Handling(models.TextChoices):
    """Where a list of subscribers that somebody handed in stands."""

    UPLOADED = "uploaded", _("Por revisar")
    REFUSED = "refused", _("No se pudo leer")
    CHECKED = "checked", _("Revisada: falta tu visto bueno")
    APPROVED = "approved", _("Por importar")
    IMPORTED = "imported", _("Importada")


#: The only legal steps. A list is taken in exactly as it was checked, and once.
HANDLING_STEPS: dict[Handling, set[Handling]] = {
    Handling.UPLOADED: {Handling.CHECKED, Handling.REFUSED},
    Handling.REFUSED: set(),
    Handling.CHECKED: {Handling.APPROVED},
    Handling.APPROVED: {Handling.IMPORTED},
    Handling.IMPORTED: set(),
}
