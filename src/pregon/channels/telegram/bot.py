"""Calls of the Bot API, and a name for each of its refusals."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from pregon.core.http import Answer, Http, OutboundError, Unreachable, object_in
from pregon.delivery.errors import DestinationGone, Misconfigured, Postponed, Rejected, Unanswered

SOON = timedelta(seconds=30)
PATIENCE = timedelta(seconds=20)
#: Calls that put something new into a chat: asking twice would say it twice.
SPEAKING = frozenset({"sendMessage", "sendPhoto"})
#: Refusals that say that nobody is there any more, as the service has worded them for years.
NOBODY = (
    "chat not found",
    "user is deactivated",
    "PEER_ID_INVALID",
    "user not found",
    "group chat was deleted",
)


class Refused(Rejected):
    """Telegram no aceptó la llamada."""

    def __init__(self, description: str) -> None:
        super().__init__(_("Telegram no lo aceptó: %(said)s") % {"said": description})
        self.description = description


class Bot:
    """One bot at one server."""

    def __init__(self, http: Http, *, base: str, token: str) -> None:
        self._http = http
        self._base = base.rstrip("/")
        self._token = token

    def call(self, method: str, *, files: Mapping[str, Any] | None = None, **fields: Any) -> Any:
        """The call's result. Fields that are not text travel as JSON, as the service asks."""
        form = {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in fields.items()
            if value is not None
        }
        url = f"{self._base}/bot{self._token}/{method}"
        try:
            answer = self._http.post(url, data=form, files=files or None, timeout=PATIENCE)
        except Unreachable as silence:
            if silence.arrived and method in SPEAKING:
                raise Unanswered(_("Telegram no contestó: no se sabe si publicó el mensaje.")) from silence
            raise Postponed(str(silence), wait=SOON, whole=True) from silence
        except OutboundError as refusal:
            raise Misconfigured(
                _("La dirección del servidor de Telegram no se puede consultar: revísala en Envíos, Canales.")
            ) from refusal
        return result_of(answer, speaking=method in SPEAKING)


def result_of(answer: Answer, *, speaking: bool) -> Any:
    """What was answered, or the error that it names. A gateway's error, or a yes that cannot be read, leaves a doubt
    of what is ``speaking``: nobody knows what happened behind it, unless it says that it passed nothing on (503)."""
    status, told = answer.status_code, object_in(answer)
    if speaking and told and told.get("ok") and not is_message(told.get("result")):
        told = None
    if status >= 500 or told is None:
        if speaking and (status < 300 or (status >= 500 and status != 503)):
            raise Unanswered(_("La respuesta de Telegram se perdió: no se sabe si publicó el mensaje."))
        raise Postponed(_("Telegram tiene problemas; se intentará de nuevo."), wait=SOON, whole=True)
    if told.get("ok"):
        return told.get("result")
    description = str(told.get("description", ""))[:200]
    match int(told.get("error_code", status)):
        case 401 | 404:
            raise Misconfigured(_("Telegram no reconoce al bot: revisa su clave en Envíos, Canales."))
        case 403:
            raise DestinationGone(_("Telegram ya no deja escribirle: %(said)s") % {"said": description})
        case 409:
            raise Misconfigured(
                _("Otro programa usa este bot: quita su webhook o apágalo, y vuelve a intentarlo.")
            )
        case 429:
            raise Postponed(
                _("Telegram pidió ir más despacio."),
                wait=timedelta(seconds=int(told.get("parameters", {}).get("retry_after", 30))),
                whole=True,
            )
        case _other:
            if any(words in description for words in NOBODY):
                raise DestinationGone(_("El chat no existe: %(said)s") % {"said": description})
            raise Refused(description)


def is_message(result: Any) -> bool:
    """Whether it says where it stands: what was sent can only be corrected there."""
    return isinstance(result, dict) and "message_id" in result and "id" in (result.get("chat") or {})
