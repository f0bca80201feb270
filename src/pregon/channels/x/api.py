"""Calls of the X API, signed, and a name for each of its refusals."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from pregon.channels.x.oauth import Keys, authorization
from pregon.core.http import Answer, Http, OutboundError, Unreachable, object_in
from pregon.delivery.errors import DestinationGone, Misconfigured, Postponed, Rejected, Unanswered

SOON = timedelta(seconds=30)
PATIENCE = timedelta(seconds=20)
#: Wide enough for any of its windows; a clock that is wrong never holds the channel longer.
LONGEST_WAIT = timedelta(hours=25)
WINDOW = timedelta(minutes=15)
#: Problems of the application or its keys, by the end of their type.
OURS = frozenset({"client-forbidden", "oauth1-permissions", "unsupported-authentication"})
BUDGETS = ("x-user-limit-24hour", "x-app-limit-24hour", "x-rate-limit")


class Refused(Rejected):
    """X no aceptó la llamada."""

    def __init__(self, said: str, *, status: int) -> None:
        super().__init__(_("X no lo aceptó: %(said)s") % {"said": said})
        self.status = status


class Duplicate(Refused):
    """X ya tiene una publicación igual."""


class Api:
    """One account at one server."""

    def __init__(self, http: Http, *, base: str, keys: Keys) -> None:
        self._http = http
        self._base = base.rstrip("/")
        self._keys = keys

    def get(self, path: str) -> dict[str, Any]:
        return thing_in(self.ask("GET", path))

    def post(self, path: str, *, speaking: bool = False, **payload: Any) -> dict[str, Any]:
        """``speaking`` tells that the call puts something before the public: asking twice would say it twice."""
        return thing_in(self.ask("POST", path, speaking=speaking, **payload), speaking=speaking)

    def delete(self, path: str) -> None:
        self.ask("DELETE", path)

    def ask(self, method: str, path: str, *, speaking: bool = False, **payload: Any) -> Answer:
        url = self._base + path
        signed = authorization(
            self._keys, method, url, nonce=secrets.token_hex(16), timestamp=int(time.time())
        )
        try:
            answer = self._http.request(
                method, url, headers={"Authorization": signed}, timeout=PATIENCE, **payload
            )
        except Unreachable as silence:
            if silence.arrived and speaking:
                raise Unanswered(_("X no contestó: no se sabe si publicó.")) from silence
            raise Postponed(str(silence), wait=SOON, whole=True) from silence
        except OutboundError as refusal:
            raise Misconfigured(
                _("La dirección del servicio de X no se puede consultar: revísala en Envíos, Canales.")
            ) from refusal
        if not 200 <= answer.status_code < 300:
            raise problem(answer)
        return answer


def thing_in(answer: Answer, *, speaking: bool = False) -> dict[str, Any]:
    """What was made or asked for; it always has a number. An answer without one says nothing."""
    told = (object_in(answer) or {}).get("data")
    if isinstance(told, dict) and "id" in told:
        return told
    if speaking:
        raise Unanswered(_("X contestó algo que no se entiende: no se sabe si publicó."))
    raise Postponed(_("X tiene problemas; se intentará de nuevo."), wait=SOON, whole=True)


def problem(answer: Answer) -> Exception:
    """The error that an answer names."""
    told, status = object_in(answer) or {}, answer.status_code
    kind = str(told.get("type", "")).rpartition("/")[2]
    said = str(told.get("detail") or told.get("title") or f"HTTP {status}.")[:200]
    if status == 402 or kind == "credits":
        return Misconfigured(
            _(
                "A la cuenta de X se le acabó el crédito: recárgalo en console.x.com y los envíos saldrán solos."
            )
        )
    if kind == "usage-capped":
        return Misconfigured(
            _("La aplicación llegó a su tope en X: amplíalo en console.x.com y los envíos saldrán solos.")
        )
    if status == 429:
        return Postponed(_("X pidió ir más despacio."), wait=waiting(answer.headers), whole=True)
    if status == 404 and not told:
        return Misconfigured(_("Esa dirección no es de la API de X: revísala en Envíos, Canales."))
    if status >= 500 or (status != 413 and not told):
        return Postponed(_("X tiene problemas; se intentará de nuevo."), wait=SOON, whole=True)
    if status == 401:
        return Misconfigured(
            _(
                "X no reconoce las claves: revísalas en Envíos, Canales, y que el reloj del equipo esté en hora."
            )
        )
    if kind in OURS or "oauth1 app permissions" in said:
        return Misconfigured(
            _(
                "La aplicación no tiene permiso de publicar en X: dale «Read and write» en console.x.com y vuelve a "
                "generar el Access Token."
            )
        )
    if status == 403 and "duplicate content" in said:
        return Duplicate(said, status=status)
    if status == 403 and "suspended" in said:
        return DestinationGone(_("X suspendió la cuenta: %(said)s") % {"said": said})
    return Refused(said, status=status)


def waiting(headers: Mapping[str, str], *, now: float | None = None) -> timedelta:
    """Until the latest of the budgets that are spent begins again."""
    spent = [name for name in BUDGETS if headers.get(f"{name}-remaining") == "0"] or ["x-rate-limit"]
    resets = [int(at) for name in spent if (at := headers.get(f"{name}-reset", "")).isdecimal()]
    if not resets:
        return WINDOW
    left = max(resets) - (time.time() if now is None else now)
    return min(timedelta(seconds=max(left, 1)), LONGEST_WAIT)
