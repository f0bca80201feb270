"""Calls of the WhatsApp Cloud API: the Graph API, and a name for each refusal that only WhatsApp knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from pregon.channels import graph
from pregon.channels.graph import Graph, Refused, estimate_in, said_in
from pregon.delivery.errors import DeliveryError, DestinationGone, Misconfigured, Postponed

SOON, LATER = timedelta(seconds=30), timedelta(minutes=5)
#: Too many people called us spam: Meta lets the number rest, and hammering makes it worse.
REST = timedelta(hours=1)

WINDOW_CLOSED = 131047
#: It is about the photo; the words alone may still get through.
PHOTO = {100, 131009, 131051, 131052, 131053}
#: Graph's words for "no such thing, or not yours"; of what we name, only our own number and account are meant.
NO_SUCH_THING = (graph.BAD_PARAMETER, graph.NO_SUCH_OBJECT)

_no_number = _lazy("El número de la oficina no está registrado en WhatsApp (%(said)s): revísalo en Meta.")
_restricted = _lazy("Meta restringió la cuenta de WhatsApp: mira ahí el motivo y pide que la revisen.")
_template = _lazy("WhatsApp no acepta la plantilla «%(template)s» (%(said)s): revísala en Meta.")
_trouble = _lazy("WhatsApp tiene problemas; se intentará de nuevo.")

#: What only we can mend.
OURS: dict[int, Any] = {
    **dict.fromkeys((33, 131037, 131045, 133010), _no_number),
    **dict.fromkeys((368, 131031), _restricted),
    **dict.fromkeys(range(132000, 132019), _template),
    0: _lazy("La clave de WhatsApp ya no sirve: crea otra en Meta y escríbela en Envíos, Canales."),
    131005: _lazy(
        "A la clave de WhatsApp le falta un permiso (%(said)s): créala de nuevo con los dos de WhatsApp."
    ),
    131042: _lazy("WhatsApp no pudo cobrar: revisa en Meta la forma de pago de la cuenta."),
}
#: What passes: why, how long it takes at least, and whether everybody waits.
PASSING: dict[int, tuple[Any, timedelta, bool]] = {
    **dict.fromkeys((1, 2, 131016, 131057, 133004), (_trouble, SOON, True)),
    130429: (_lazy("WhatsApp pidió ir más despacio."), SOON, True),
    131000: (_lazy("WhatsApp no pudo con este mensaje; se intentará de nuevo."), LATER, False),
    131048: (
        _lazy(
            "WhatsApp frenó el número porque muchos lo marcaron como no deseado: revisa su calidad en Meta."
        ),
        REST,
        True,
    ),
    131056: (_lazy("Se le escribió demasiado seguido; se intentará en un momento."), SOON, False),
}
#: What is final for this message.
FINAL: dict[int, Any] = {
    130472: _lazy("WhatsApp no lo entregó: esta persona está en una de sus pruebas."),
    131026: _lazy("No se pudo entregar: el número no tiene WhatsApp, o su aplicación es muy vieja."),
    131030: _lazy("La cuenta es de prueba y este número no está en su lista: agrégalo en Meta."),
    WINDOW_CLOSED: _lazy("Pasaron más de 24 horas desde que esta persona escribió."),
    131049: _lazy("WhatsApp no lo entregó para no cansar a esta persona con avisos."),
}
OPTED_OUT = 131050


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloud(Graph):
    """The Graph API, where it speaks for a number of WhatsApp. ``template`` is the one that a call fills."""

    template: str = ""

    def say(self, path: str, message: Mapping[str, Any], *, template: str = "") -> dict[str, Any]:
        """Hand a message over: asking twice would say it twice, so that a lost answer is a doubt."""
        return replace(self, template=template).post(path, json=message)

    def upload(self, path: str, *, file: tuple[str, bytes, str]) -> str:
        """The number under which WhatsApp keeps a file for 30 days."""
        return self.create(
            path, repeatable=True, files={"file": file}, messaging_product="whatsapp", type=file[2]
        )

    def named(self, error: Mapping[str, Any], headers: Mapping[str, str]) -> DeliveryError:
        return problem_in(error, headers, template=self.template)


def problem_in(
    error: Mapping[str, Any], headers: Mapping[str, str] | None = None, *, template: str = ""
) -> DeliveryError:
    """The name of one error, whether it was answered at once or came in a notice later."""
    code = error.get("code")
    facts = {"said": said_in(error), "template": template or _("la que se usó")}
    if (code, error.get("error_subcode")) == NO_SUCH_THING:
        return Misconfigured(
            _("WhatsApp no conoce ese número o esa cuenta: revisa sus identificadores en Envíos, Canales.")
        )
    if code == OPTED_OUT:
        return DestinationGone(_("Esta persona pidió a WhatsApp no recibir más avisos de la oficina."))
    if code in OURS:
        return Misconfigured(OURS[code] % facts)
    if code in PASSING:
        sentence, least, whole = PASSING[code]
        return Postponed(str(sentence), wait=max(least, estimate_in(headers or {})), whole=whole)
    if code in FINAL:
        return Refused(str(FINAL[code]), code=code)
    return graph.named(error, headers or {})
