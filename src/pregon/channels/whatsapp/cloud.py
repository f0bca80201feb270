"""Calls of the WhatsApp Cloud API, and a name for each of its refusals, as its list of codes documents them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from pregon.core.http import Answer, Http, OutboundError, Unreachable
from pregon.delivery.errors import (
    DeliveryError,
    DestinationGone,
    Misconfigured,
    Postponed,
    Rejected,
    Unanswered,
)

PATIENCE = timedelta(seconds=30)
SOON, LATER = timedelta(seconds=30), timedelta(minutes=5)
#: Too many people called us spam: Meta lets the number rest, and hammering makes it worse.
REST = timedelta(hours=1)
LONGEST_WAIT = timedelta(hours=24)
USAGE = "x-business-use-case-usage"

WINDOW_CLOSED = 131047
#: It is about the photo; the words alone may still get through.
PHOTO = {100, 131009, 131051, 131052, 131053}
#: Graph's words for "no such thing, or not yours": code 100 with this subcode.
NO_SUCH_THING = 33

_dead_token = _lazy("La clave de WhatsApp ya no sirve: crea otra en Meta y escríbela en Envíos, Canales.")
_no_permission = _lazy(
    "A la clave de WhatsApp le falta un permiso (%(said)s): créala de nuevo con los dos de WhatsApp."
)
_no_number = _lazy("El número de la oficina no está registrado en WhatsApp (%(said)s): revísalo en Meta.")
_restricted = _lazy("Meta restringió la cuenta de WhatsApp: mira ahí el motivo y pide que la revisen.")
_template = _lazy("WhatsApp no acepta la plantilla «%(template)s» (%(said)s): revísala en Meta.")
_slower = _lazy("WhatsApp pidió ir más despacio.")
_trouble = _lazy("WhatsApp tiene problemas; se intentará de nuevo.")

#: What only we can mend.
OURS: dict[int, Any] = {
    **dict.fromkeys((0, 190), _dead_token),
    **dict.fromkeys((3, 10, 131005, *range(200, 300)), _no_permission),
    **dict.fromkeys((33, 131037, 131045, 133010), _no_number),
    **dict.fromkeys((368, 131031), _restricted),
    **dict.fromkeys(range(132000, 132019), _template),
    131042: _lazy("WhatsApp no pudo cobrar: revisa en Meta la forma de pago de la cuenta."),
}
#: What passes: why, how long it takes at least, and whether everybody waits.
PASSING: dict[int, tuple[Any, timedelta, bool]] = {
    **dict.fromkeys((4, 613, 80007, 80008, 130429), (_slower, SOON, True)),
    **dict.fromkeys((1, 2, 131016, 131057, 133004), (_trouble, SOON, True)),
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


class Refused(Rejected):
    """WhatsApp no aceptó el mensaje."""

    def __init__(self, message: str, *, code: int) -> None:
        super().__init__(message)
        self.code = code


class Cloud:
    """One account at one server."""

    def __init__(self, http: Http, *, base: str, version: str, token: str) -> None:
        self._http = http
        self._base = f"{base.rstrip('/')}/{version}"
        self._token = token

    def ask(self, path: str, **params: str) -> dict[str, Any]:
        """Read something."""
        return self._call("GET", path, params=params)

    def say(self, path: str, message: Mapping[str, Any], *, template: str = "") -> dict[str, Any]:
        """Hand a message over: asking twice would say it twice, so that a lost answer is a doubt."""
        return self._call("POST", path, json=message, saying=True, template=template)

    def upload(self, path: str, *, file: tuple[str, bytes, str]) -> str:
        """The number under which WhatsApp keeps a file for 30 days."""
        form = {"messaging_product": "whatsapp", "type": file[2]}
        return str(self._call("POST", path, data=form, files={"file": file}).get("id", ""))

    def _call(
        self, method: str, path: str, *, saying: bool = False, template: str = "", **payload: Any
    ) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._token}"}
        url = f"{self._base}/{path}"
        try:
            answer = self._http.request(method, url, headers=headers, timeout=PATIENCE, **payload)
        except Unreachable as silence:
            if silence.arrived and saying:
                raise Unanswered(_("WhatsApp no contestó: no se sabe si el mensaje salió.")) from silence
            raise Postponed(str(silence), wait=SOON, whole=True) from silence
        except OutboundError as refusal:
            raise Misconfigured(
                _("La dirección del servicio de WhatsApp no se puede consultar: revísala en Envíos, Canales.")
            ) from refusal
        return told_in(answer, template=template)


def told_in(answer: Answer, *, template: str = "") -> dict[str, Any]:
    """What was answered, or the error that it names. A gateway in trouble answers with a page instead of JSON."""
    try:
        told = answer.json()
    except ValueError:
        told = None
    if isinstance(told, dict) and isinstance(error := told.get("error"), dict):
        problem = problem_in(error, template=template, wait=regain(answer.headers.get(USAGE, "")))
        if not isinstance(problem, Refused) or answer.status_code < 500:
            raise problem
    if answer.status_code >= 400 or not isinstance(told, dict):
        raise Postponed(str(_trouble), wait=SOON, whole=True)
    return told


def problem_in(
    error: Mapping[str, Any], *, template: str = "", wait: timedelta | None = None
) -> DeliveryError:
    """The name of one error, whether it was answered at once or came in a notice later."""
    code = int(error.get("code", -1))
    facts = {"said": said_in(error), "template": template or _("la que se usó")}
    if code == 100 and error.get("error_subcode") == NO_SUCH_THING:
        return Misconfigured(
            _("WhatsApp no conoce ese número o esa cuenta: revisa sus identificadores en Envíos, Canales.")
        )
    if code == OPTED_OUT:
        return DestinationGone(_("Esta persona pidió a WhatsApp no recibir más avisos de la oficina."))
    if code in OURS:
        return Misconfigured(OURS[code] % facts)
    if code in PASSING:
        sentence, least, whole = PASSING[code]
        return Postponed(str(sentence), wait=max(least, wait or least), whole=whole)
    return Refused(str(FINAL.get(code, _("WhatsApp no lo aceptó: %(said)s"))) % facts, code=code)


def said_in(error: Mapping[str, Any]) -> str:
    """Meta's own words: the details say more than the title."""
    data = error.get("error_data")
    details = data.get("details") if isinstance(data, dict) else ""
    return str(details or error.get("message") or error.get("title") or error.get("code", ""))[:200]


def regain(usage: str) -> timedelta | None:
    """The wait that the header of business use cases foretells, in minutes; ``None`` when it says nothing of one."""
    try:
        cases = json.loads(usage or "{}")
        minutes = max(
            int(case.get("estimated_time_to_regain_access", 0)) for of in cases.values() for case in of
        )
    except (ValueError, AttributeError, TypeError):
        return None
    return min(timedelta(minutes=minutes), LONGEST_WAIT) if minutes > 0 else None
