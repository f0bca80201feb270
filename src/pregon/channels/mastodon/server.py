"""Calls of a server that speaks Mastodon's interface, what it allows, and a name for each of its refusals."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from django.utils.translation import gettext as _

from pregon.core.http import Answer, Http, OutboundError, Unreachable, object_in
from pregon.delivery.errors import (
    DeliveryError,
    DestinationGone,
    Misconfigured,
    Postponed,
    Rejected,
    Unanswered,
)

SOON = timedelta(seconds=30)
PATIENCE = timedelta(seconds=20)
LONGEST_WAIT = timedelta(hours=3)
#: A server works on a photo before it may be posted; so long it is waited for, looking so often.
PROCESSING, BLINK = timedelta(seconds=30), timedelta(milliseconds=500)
#: Refusals of the moment: it took us too long, or it was too early.
PASSING = frozenset({408, 425})
MIME = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}


class Refused(Rejected):
    """El servidor de Mastodon no lo aceptó."""


class Missing(Refused):
    """El servidor de Mastodon no lo encuentra."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a server allows; as Mastodon comes, until the server says otherwise."""

    characters: int = 500
    per_link: int = 23
    description: int = 1500
    heaviest: int = 8 * 1024 * 1024
    pixels: int = 8_294_400
    suffixes: frozenset[str] = frozenset(MIME)

    @classmethod
    def told(cls, instance: Mapping[str, Any]) -> Self:
        """Out of the server's description of itself, each number that is one."""
        usual, configuration = cls(), part(instance, "configuration")
        statuses, media = part(configuration, "statuses"), part(configuration, "media_attachments")
        kinds = media.get("supported_mime_types")
        return cls(
            characters=number(
                statuses.get("max_characters"), number(instance.get("max_toot_chars"), usual.characters)
            ),
            per_link=number(statuses.get("characters_reserved_per_url"), usual.per_link),
            description=number(media.get("description_limit"), usual.description),
            heaviest=number(media.get("image_size_limit"), usual.heaviest),
            pixels=number(media.get("image_matrix_limit"), usual.pixels),
            suffixes=frozenset(suffix for suffix, kind in MIME.items() if not kinds or kind in kinds),
        )


class Server:
    """One account at one server."""

    def __init__(self, http: Http, *, base: str, token: str) -> None:
        self._http = http
        self._base = base.rstrip("/")
        self._token = token

    # --- What is asked of it ---

    def account(self) -> Mapping[str, Any]:
        """Raises ``Misconfigured`` where nobody answers for accounts: there is no Mastodon at that address."""
        try:
            return self._call("GET", "/api/v1/accounts/verify_credentials")[1]
        except Missing as nowhere:
            raise no_server() from nowhere

    def rules(self) -> Rules:
        """What it allows; servers older than the second interface say it in the first."""
        for version in ("v2", "v1"):
            try:
                return Rules.told(self._call("GET", f"/api/{version}/instance")[1])
            except Missing:
                continue
        return Rules()

    def upload(self, file: Path, *, description: str) -> str | None:
        """The number of a photo that is ready to be posted; ``None`` for one that takes too long."""
        photo = (f"foto{file.suffix.lower()}", file.read_bytes(), MIME[file.suffix.lower()])
        status, media = self._call(
            "POST", "/api/v2/media", files={"file": photo}, data={"description": description}
        )
        until = time.monotonic() + PROCESSING.total_seconds()
        while status in {202, 206}:
            if time.monotonic() > until:
                return None
            time.sleep(BLINK.total_seconds())
            status, media = self._call("GET", f"/api/v1/media/{media['id']}")
        return str(media["id"])

    def publish(self, content: Mapping[str, Any], *, key: str) -> Mapping[str, Any]:
        """The new post. A lost answer is asked for once more: the server knows the key and posts nothing twice."""
        asked: dict[str, Any] = {"json": dict(content), "headers": {"Idempotency-Key": key}}
        try:
            return self._ask("POST", "/api/v1/statuses", **asked)[1]
        except Unreachable as silence:
            if not silence.arrived:
                raise Postponed(str(silence), wait=SOON, whole=True) from silence
        try:
            return self._ask("POST", "/api/v1/statuses", **asked)[1]
        except (OutboundError, DeliveryError) as silence:
            raise Unanswered(
                _("El servidor de Mastodon no contestó: no se sabe si publicó el mensaje.")
            ) from silence

    def edit(self, status: str, content: Mapping[str, Any]) -> Mapping[str, Any]:
        return self._call("PUT", f"/api/v1/statuses/{status}", json=dict(content))[1]

    def delete(self, status: str) -> None:
        self._call("DELETE", f"/api/v1/statuses/{status}")

    # --- How ---

    def _call(self, method: str, path: str, **payload: Any) -> tuple[int, Mapping[str, Any]]:
        """One that may be asked again without harm."""
        try:
            return self._ask(method, path, **payload)
        except Unreachable as silence:
            raise Postponed(str(silence), wait=SOON, whole=True) from silence

    def _ask(self, method: str, path: str, **payload: Any) -> tuple[int, Mapping[str, Any]]:
        headers = {"Authorization": f"Bearer {self._token}"} | payload.pop("headers", {})
        try:
            answer = self._http.request(
                method, self._base + path, headers=headers, timeout=PATIENCE, **payload
            )
        except Unreachable:
            raise
        except OutboundError as refusal:
            raise Misconfigured(
                _("La dirección del servidor de Mastodon no se puede consultar: revísala en Envíos, Canales.")
            ) from refusal
        return answer.status_code, told_in(answer)


def no_server() -> Misconfigured:
    return Misconfigured(_("En esa dirección no hay un servidor de Mastodon: revísala en Envíos, Canales."))


def told_in(answer: Answer) -> Mapping[str, Any]:
    """What was answered, or the error that it names."""
    told = object_in(answer)
    known = told or {}
    said = {"said": str(known.get("error", ""))[:200]}
    match answer.status_code:
        case 401 | 403:
            raise Misconfigured(
                _("El servidor de Mastodon no acepta la clave: %(said)s Revísala en Envíos, Canales.") % said
            )
        case 404 | 405 | 501:
            raise Missing(_("El servidor de Mastodon no lo encuentra: %(said)s") % said)
        case 410:
            raise DestinationGone(_("La cuenta ya no existe en su servidor de Mastodon: %(said)s") % said)
        case 429:
            raise Postponed(
                _("El servidor de Mastodon pidió ir más despacio."),
                wait=wait_until(answer.headers.get("x-ratelimit-reset", ""), now=datetime.now(UTC)),
                whole=True,
            )
        case status if 300 <= status < 400:
            raise Misconfigured(
                _("El servidor de Mastodon manda a otra dirección: escribe la definitiva en Envíos, Canales.")
            )
        case status if 400 <= status < 500 and status not in PASSING:
            raise Refused(_("El servidor de Mastodon no lo aceptó: %(said)s") % said)
        case status if status >= 400 or told is None:
            raise Postponed(
                _("El servidor de Mastodon tiene problemas; se intentará de nuevo."), wait=SOON, whole=True
            )
    return known


def wait_until(reset: str, *, now: datetime) -> timedelta:
    """How long until the moment that a server names, within reason."""
    try:
        moment = datetime.fromisoformat(reset)
    except ValueError:
        return timedelta(minutes=5)
    left = moment.replace(tzinfo=moment.tzinfo or UTC) - now
    return min(max(left, timedelta(seconds=1)), LONGEST_WAIT)


def part(whole: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    inside = whole.get(name)
    return inside if isinstance(inside, dict) else {}


def number(given: Any, otherwise: int) -> int:
    return given if isinstance(given, int) and given > 0 else otherwise
