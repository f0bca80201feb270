"""Calls of the AT Protocol in the name of one account, and a name for each of their refusals."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pregon.core.http import Answer, Http, OutboundError, Unreachable, object_in
from pregon.delivery.errors import DestinationGone, Misconfigured, Postponed, Rejected

SOON = timedelta(seconds=30)
PATIENCE = timedelta(seconds=20)
WINDOW = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=25)
#: The session is over, or its token is not one of this server any more.
STALE = frozenset({"ExpiredToken", "InvalidToken"})
SESSION = frozenset({"accessJwt", "refreshJwt", "did", "handle"})
NOBODY = frozenset({"RepoNotFound", "RepoDeactivated", "AccountDeactivated"})
NO_SERVER = gettext_lazy("Esa dirección no es de un servidor de Bluesky: revísala en Envíos, Canales.")


class Refused(Rejected):
    """Bluesky no aceptó la llamada."""

    def __init__(self, name: str, said: str) -> None:
        super().__init__(_("Bluesky no lo aceptó: %(said)s") % {"said": said or name})
        self.name = name


class Stale(Refused):
    """La sesión de Bluesky terminó."""


class Agent:
    """One account at one server. It logs in when it first has to, and keeps the session."""

    def __init__(self, http: Http, *, base: str, identifier: str, password: str) -> None:
        self._http = http
        self._base = base.rstrip("/")
        self._login = {"identifier": identifier, "password": password}
        self._session: dict[str, Any] = {}

    @property
    def did(self) -> str:
        return str(self.session["did"])

    @property
    def handle(self) -> str:
        return str(self.session["handle"])

    @property
    def session(self) -> dict[str, Any]:
        return self._session or self.log_in()

    def call(self, method: str, *, gives: str = "", **payload: Any) -> dict[str, Any]:
        """What the account's call answers, with what it ``gives``. A session that ended is opened again, once."""
        told = self._answer(method, **payload)
        if gives and gives not in told:
            raise Postponed(_("Bluesky tiene problemas; se intentará de nuevo."), wait=SOON, whole=True)
        return told

    def _answer(self, method: str, **payload: Any) -> dict[str, Any]:
        try:
            return self._ask(method, self.session["accessJwt"], **payload)
        except Stale:
            self._refresh()
        try:
            return self._ask(method, self.session["accessJwt"], **payload)
        except Stale as refusal:
            raise Misconfigured(
                _("Bluesky cierra la sesión una y otra vez: crea otra contraseña de aplicación.")
            ) from refusal

    def log_in(self) -> dict[str, Any]:
        session = self._ask("com.atproto.server.createSession", json=self._login)
        if not session.keys() >= SESSION:
            raise Misconfigured(str(NO_SERVER))
        if session.get("active") is False:
            raise Misconfigured(
                _("La cuenta de Bluesky no está activa (%(status)s): entra a ella y sigue sus indicaciones.")
                % {"status": session.get("status", "")}
            )
        self._session = session
        return session

    def _refresh(self) -> None:
        try:
            fresh = self._ask("com.atproto.server.refreshSession", self.session["refreshJwt"])
        except (Refused, Misconfigured):
            self.log_in()
        else:
            self._session = {**self._session, **fresh}

    def _ask(self, method: str, token: str = "", **payload: Any) -> dict[str, Any]:
        headers = {**payload.pop("headers", {}), **({"Authorization": f"Bearer {token}"} if token else {})}
        verb = "GET" if "params" in payload else "POST"
        url = f"{self._base}/xrpc/{method}"
        try:
            answer = self._http.request(verb, url, headers=headers, timeout=PATIENCE, **payload)
        except Unreachable as silence:
            raise Postponed(str(silence), wait=SOON, whole=True) from silence
        except OutboundError as refusal:
            raise Misconfigured(
                _("La dirección del servidor de Bluesky no se puede consultar: revísala en Envíos, Canales.")
            ) from refusal
        if not 200 <= answer.status_code < 300:
            raise problem(answer)
        return object_in(answer) or {}


def problem(answer: Answer) -> Exception:
    """The error that an answer names."""
    told, status = object_in(answer) or {}, answer.status_code
    name, said = str(told.get("error", "")), str(told.get("message", ""))[:200]
    if status == 429:
        return Postponed(_("Bluesky pidió ir más despacio."), wait=waiting(answer.headers), whole=True)
    if status >= 500:
        return Postponed(_("Bluesky tiene problemas; se intentará de nuevo."), wait=SOON, whole=True)
    if name in STALE:
        return Stale(name, said)
    if name == "AuthFactorTokenRequired":
        return Misconfigured(
            _(
                "Esa es la contraseña de la cuenta: crea una contraseña de aplicación en Bluesky y escríbela aquí."
            )
        )
    if name in {"AccountTakedown", "RepoTakendown"}:
        return Misconfigured(_("Bluesky suspendió la cuenta: entra a ella y sigue sus indicaciones."))
    if status in {401, 403}:
        return Misconfigured(
            _("Bluesky no reconoce la cuenta o su contraseña de aplicación: revísalas en Envíos, Canales.")
        )
    if name in NOBODY:
        return DestinationGone(_("La cuenta de Bluesky ya no existe o está desactivada."))
    if status == 413:
        return Refused("PayloadTooLarge", said)
    if not name or status == 404:
        return Misconfigured(str(NO_SERVER))
    return Refused(name, said)


def waiting(headers: Mapping[str, str], *, now: float | None = None) -> timedelta:
    """Until the budget of calls begins again."""
    reset = headers.get("ratelimit-reset", "")
    if not reset.isdecimal():
        return WINDOW
    left = int(reset) - (time.time() if now is None else now)
    return min(timedelta(seconds=max(left, 1)), LONGEST_WAIT)
