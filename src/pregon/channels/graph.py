"""Meta's Graph API, for every channel of Meta: the call with its proof, a name for each refusal, and the token's life.

Refused(Rejected)        Meta will not take it; ``code`` and ``subcode`` say why
├── Missing              the object is not there, or our token does not reach it
└── Duplicate            the same words are there already
Forbidden(Misconfigured) the token lacks the permission for this one call
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Self

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pregon.core.http import Answer, Http, OutboundError, Unreachable, object_in
from pregon.delivery.contract import HttpOptions, Renewal, Token, option
from pregon.delivery.errors import DeliveryError, Misconfigured, Postponed, Rejected, Unanswered

VERSION = re.compile(r"v[0-9]{1,3}\.[0-9]")
PATIENCE = timedelta(seconds=20)
SOON, LATER, BLOCKED = timedelta(seconds=30), timedelta(minutes=15), timedelta(hours=1)
LONGEST_WAIT = timedelta(hours=24)
#: Language of the sentences that Meta writes for people.
LOCALE = "es_LA"

DEAD_TOKEN = frozenset({101, 102, 104, 190, 2500})
NO_PERMISSION = frozenset({3, 10, *range(200, 300)})
#: The application, the user, the page, a rule of its own; 341 is documented with them.
THROTTLED = frozenset({4, 17, 32, 341, 613})
#: One for each use of the platform: pages, Instagram, Messenger, WhatsApp and advertising.
THROTTLED_USES = range(80_000, 80_015)
#: Instagram speaks of its own troubles below zero.
TRANSIENT = frozenset({-2, -1, 1, 2})
#: Said under the same codes, and yet asking again never helped (seen 2026-07, when deleting on Instagram).
FATAL = 2207085
BLOCKED_BY_POLICY, SAME_AGAIN = 368, 506
BAD_PARAMETER, NO_SUCH_OBJECT, NO_SUCH_NAME = 100, 33, 803


class Refused(Rejected):
    """Meta no aceptó el envío."""

    def __init__(self, message: str, *, code: int, subcode: int = 0) -> None:
        super().__init__(message)
        self.code, self.subcode = code, subcode


class Missing(Refused):
    """Meta no lo encuentra."""


class Duplicate(Refused):
    """Meta ya tiene esa misma publicación."""


class Forbidden(Misconfigured):
    """A la clave de Meta le falta un permiso: vuelve a crearla con los permisos que pide la guía del canal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphOptions(HttpOptions):
    """The app and the token that speak for the office."""

    secret: ClassVar[frozenset[str]] = frozenset({"token", "app_secret"})

    token: str = option(
        gettext_lazy("Clave de acceso"),
        gettext_lazy(
            "La da Meta a la aplicación de la oficina; la guía del canal dice cómo pedirla. "
            "Se guarda cifrada y no se vuelve a mostrar."
        ),
    )
    app_id: str = option(
        gettext_lazy("Identificador de la aplicación"),
        gettext_lazy("Un número. Con él y con su secreto, la clave se renueva sola."),
        default="",
    )
    app_secret: str = option(
        gettext_lazy("Secreto de la aplicación"),
        gettext_lazy(
            "Está en la configuración básica de la aplicación. Firma cada llamada; se guarda cifrado."
        ),
        default="",
    )
    api_base: str = option(
        gettext_lazy("Dirección del servicio"),
        gettext_lazy("No la cambies: es la de Meta."),
        default="https://graph.facebook.com",
        seldom=True,
    )
    version: str = option(
        gettext_lazy("Versión del servicio"),
        gettext_lazy("Como la nombra Meta. Cámbiala cuando Meta anuncie el fin de esta."),
        default="v26.0",
        seldom=True,
    )

    def __post_init__(self) -> None:
        if not VERSION.fullmatch(self.version):
            raise Misconfigured(_("La versión del servicio de Meta se escribe como v26.0."))
        if any(letter.isspace() for letter in self.token):
            raise Misconfigured(
                _("La clave de Meta no lleva espacios ni renglones: cópiala otra vez, completa.")
            )
        if self.app_id and not self.app_id.isdecimal():
            raise Misconfigured(_("El identificador de la aplicación de Meta es un número."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """The API, spoken to with one token. Every call answers with an object, or raises a ``DeliveryError``."""

    http: Http
    options: GraphOptions
    token: str

    @classmethod
    def over(cls, http: Http, options: GraphOptions) -> Self:
        return cls(http=http, options=options, token=options.token)

    def with_token(self, token: str) -> Self:
        return replace(self, token=token)

    # --- Calls ---

    def get(self, path: str, **fields: Any) -> dict[str, Any]:
        return self._call("GET", path, params=written(fields), repeatable=True)

    def post(
        self,
        path: str,
        *,
        repeatable: bool = False,
        files: Mapping[str, Any] | None = None,
        json: Mapping[str, Any] | None = None,
        patience: timedelta = PATIENCE,
        **fields: Any,
    ) -> dict[str, Any]:
        """``repeatable`` says that asking twice harms nobody: a lost answer is then no doubt."""
        payload = {"json": json} if json else {"data": written(fields), "files": files or None}
        return self._call("POST", path, repeatable=repeatable, patience=patience, **payload)

    def create(self, path: str, *, repeatable: bool = False, **fields: Any) -> str:
        """The number of what was made; a yes without one leaves a doubt."""
        told = self.post(path, repeatable=repeatable, **fields)
        if number := str(told.get("id") or ""):
            return number
        if repeatable:
            raise Postponed(_("Meta contestó a medias; se intentará de nuevo."), wait=SOON)
        raise Unanswered(_("Meta contestó a medias: no se sabe si salió."))

    def delete(self, path: str) -> dict[str, Any]:
        return self._call("DELETE", path, repeatable=True)

    def reaches(self, number: str) -> bool:
        """Whether something is there for our token: Meta calls missing what a token may read and not delete, too."""
        try:
            self.get(number, fields="id")
        except Missing:
            return False
        except (Refused, Forbidden):
            return True
        return True

    def _call(
        self,
        method: str,
        path: str,
        *,
        repeatable: bool,
        params: Mapping[str, str] | None = None,
        patience: timedelta = PATIENCE,
        **payload: Any,
    ) -> dict[str, Any]:
        url = f"{self.options.api_base.rstrip('/')}/{self.options.version}/{path.lstrip('/')}"
        # The token travels in a header: addresses end up in logs.
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        query = {**(params or {}), **self._proof(), "locale": LOCALE}
        try:
            answer = self.http.request(
                method, url, params=query, headers=headers, timeout=patience, **payload
            )
        except Unreachable as silence:
            if silence.arrived and not repeatable:
                raise Unanswered(_("Meta no contestó: no se sabe si salió.")) from silence
            raise Postponed(str(silence), wait=SOON, whole=True) from silence
        except OutboundError as refusal:
            raise Misconfigured(
                _("La dirección del servicio de Meta no se puede consultar: revísala en Envíos, Canales.")
            ) from refusal
        return self._told(answer, repeatable=repeatable)

    def _told(self, answer: Answer, *, repeatable: bool) -> dict[str, Any]:
        """What was answered, or the error that it names. What is not of the API's shape comes from a gateway on the
        way: nobody knows what happened behind it, unless it says itself that it passed nothing on (503, or a refusal
        of its own)."""
        status, told = answer.status_code, object_in(answer)
        if told is None or (status >= 400 and "error" not in told):
            passed_on = status < 300 or (status >= 500 and status != 503)
            if passed_on and not repeatable:
                raise Unanswered(_("La respuesta de Meta se perdió: no se sabe si salió."))
            raise in_trouble()
        if "error" in told:
            error = told["error"]
            problem = self.named(error if isinstance(error, dict) else {}, answer.headers)
            raise in_trouble() if status == 503 and isinstance(problem, Refused) else problem
        return told

    def named(self, error: Mapping[str, Any], headers: Mapping[str, str]) -> DeliveryError:
        """Our name for an error; a channel whose use of the API has codes of its own names them here."""
        return named(error, headers)

    def _proof(self) -> dict[str, str]:
        """That whoever holds the token knows the app's secret as well."""
        if not (self.token and self.options.app_secret):
            return {}
        proof = hmac.new(self.options.app_secret.encode(), self.token.encode(), hashlib.sha256)
        return {"appsecret_proof": proof.hexdigest()}

    # --- The token ---

    def who(self, *permissions: str) -> str:
        """Whom the token speaks for. ``Misconfigured`` for one that was made without all of ``permissions``."""
        try:
            told = self.get("me", fields="id,name")
        except Rejected as refusal:
            raise Misconfigured(str(refusal)) from refusal
        granted = self._told_of_token().get("scopes", permissions) if permissions else ()
        if missing := [one for one in permissions if one not in granted]:
            raise Misconfigured(
                _("A la clave de Meta le falta permiso para publicar; vuelve a crearla con: %(missing)s.")
                % {"missing": ", ".join(missing)}
            )
        return str(told.get("name") or told.get("id", ""))

    def life(self) -> Token | None:
        """How long the token lives, as Meta sees it; ``None`` where Meta does not tell. Access to data may end before
        the token does: the first of both ends it."""
        told = self._told_of_token()
        if not told:
            return None
        ends = [moment(told[name]) for name in ("expires_at", "data_access_expires_at") if told.get(name)]
        issued = told.get("issued_at")
        return Token(issued_at=moment(issued) if issued else None, expires_at=min(ends, default=None))

    def _told_of_token(self) -> dict[str, Any]:
        """What Meta knows of the token; nothing where Meta tells it to the app only, and we have no app."""
        inspector = self.with_token(self._app_token or self.token)
        try:
            told: dict[str, Any] = inspector.get("debug_token", input_token=self.token).get("data", {})
        except Rejected as refusal:
            if not self._app_token:
                return {}
            raise Misconfigured(str(refusal)) from refusal
        if not told.get("is_valid"):
            raise Misconfigured(
                _("Meta ya no acepta la clave de acceso: crea otra y escríbela en Envíos, Canales.")
            )
        return told

    def renewed(self, *, at: datetime) -> Renewal | None:
        """The token changed for one of sixty days; ``None`` without the app's number and secret. Never an empty one."""
        if not self._app_token:
            return None
        try:
            told = self.with_token("").get(
                "oauth/access_token",
                grant_type="fb_exchange_token",
                client_id=self.options.app_id,
                client_secret=self.options.app_secret,
                fb_exchange_token=self.token,
            )
        except Rejected as refusal:
            raise Misconfigured(str(refusal)) from refusal
        fresh, seconds = str(told.get("access_token") or "").strip(), told.get("expires_in")
        if not fresh:
            raise Postponed(_("Meta no dio una clave nueva; se pedirá otra vez y mientras sirve la que hay."))
        ends = at + timedelta(seconds=int(seconds)) if seconds else None
        return Renewal(values={"token": fresh}, token=Token(issued_at=at, expires_at=ends))

    @property
    def _app_token(self) -> str:
        """The app's own token, which its number and its secret make."""
        number, secret = self.options.app_id, self.options.app_secret
        return f"{number}|{secret}" if number and secret else ""


def written(fields: Mapping[str, Any]) -> dict[str, str]:
    """Fields as the service reads them: what is not text travels as JSON, and what is nothing not at all."""
    return {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in fields.items()
        if value is not None
    }


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


# --- Answers ------------------------------------------------------------------------------------------------


def in_trouble() -> Postponed:
    return Postponed(_("Meta tiene problemas; se intentará de nuevo."), wait=SOON, whole=True)


def named(error: Mapping[str, Any], headers: Mapping[str, str]) -> DeliveryError:
    """Our name for an error of Meta. ``headers`` tell how long a throttled app waits."""
    code, subcode = number_in(error, "code"), number_in(error, "error_subcode")
    message, said = str(error.get("message", "")), said_in(error)
    if code in DEAD_TOKEN:
        return Misconfigured(
            _("Meta ya no acepta la clave de acceso: crea otra y escríbela en Envíos, Canales.")
        )
    if (
        "client secret" in message or "appsecret_proof" in message
    ):  # said under 1 and 100, as if it were ours to retry
        return Misconfigured(
            _("El secreto de la aplicación no es el de esta clave: revísalo en Envíos, Canales.")
        )
    if code in NO_PERMISSION:
        return Forbidden(
            _("A la clave de Meta le falta un permiso; vuelve a crearla con todos. Meta dice: %(said)s")
            % {"said": said}
        )
    if code in THROTTLED or code in THROTTLED_USES:
        return Postponed(_("Meta pidió ir más despacio."), wait=pause_in(headers), whole=True)
    if code == BLOCKED_BY_POLICY:
        return Postponed(
            _("Meta bloqueó por un tiempo las publicaciones: %(said)s") % {"said": said},
            wait=BLOCKED,
            whole=True,
        )
    if (code in TRANSIENT or error.get("is_transient")) and subcode != FATAL:
        return Postponed(_("Meta tuvo un problema; se intentará de nuevo."), wait=SOON)
    kind = Refused
    if code == SAME_AGAIN:
        kind = Duplicate
    elif code == NO_SUCH_NAME or (code, subcode) == (BAD_PARAMETER, NO_SUCH_OBJECT):
        kind = Missing
    return kind(_("Meta no lo aceptó: %(said)s") % {"said": said}, code=code, subcode=subcode)


def said_in(error: Mapping[str, Any]) -> str:
    """Meta's own words, those for people first. The details of WhatsApp say more than its message."""
    data = error.get("error_data")
    details = data.get("details") if isinstance(data, dict) else ""
    words = error.get("error_user_msg") or details or error.get("message") or error.get("title")
    return str(words or _("no dijo por qué."))[:200]


def number_in(error: Mapping[str, Any], name: str) -> int:
    try:
        return int(error.get(name) or 0)
    except (TypeError, ValueError):
        return 0


def pause_in(headers: Mapping[str, str]) -> timedelta:
    """How long a throttled app waits."""
    return estimate_in(headers) or LATER


def estimate_in(headers: Mapping[str, str]) -> timedelta:
    """How long until we may call again: the longest estimate, in minutes, among the uses of the platform; nothing
    where there is none."""
    estimates = [
        number_in(use, "estimated_time_to_regain_access")
        for name in ("x-business-use-case-usage", "x-app-usage")
        for use in uses_in(headers.get(name, ""))
    ]
    longest = min(max(estimates, default=0), LONGEST_WAIT // timedelta(minutes=1))
    return timedelta(minutes=max(longest, 0))


def uses_in(header: str) -> list[dict[str, Any]]:
    """The counters of a usage header, be they those of the app or a list for each business."""
    try:
        told = json.loads(header)
    except ValueError:
        return []
    if not isinstance(told, dict):
        return []
    lists = [value for value in told.values() if isinstance(value, list)]
    return [use for uses in lists or [[told]] for use in uses if isinstance(use, dict)]
