"""Posts as the office's account; a correction edits the post, or replaces it when its photo was taken away; a
withdrawal deletes it.

Servers keep an ``Idempotency-Key`` for an hour only. So this channel does not call itself idempotent, which would let
the engine send a parcel again after a night in doubt; within the call, though, a lost answer is asked for once more.
"""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.core.cache import cache
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pregon.channels.fitting import GAP, fit
from pregon.channels.mastodon.server import Missing, Refused, Rules, Server, no_server
from pregon.channels.mastodon.wording import worded
from pregon.channels.photos import file_of, seen_with, shown
from pregon.core.http import Http
from pregon.delivery.contract import Channel, HttpOptions, Limits, Manner, Parcel, Preview, Receipt, option
from pregon.delivery.enums import MessageKind
from pregon.delivery.errors import Misconfigured, Postponed, Rejected
from pregon.delivery.values import Picture

ADDRESS = re.compile(r"@?(\w+)@([a-z0-9.-]+\.[a-z0-9-]+|localhost)(?::\d+)?", re.IGNORECASE | re.ASCII)
PAGE = re.compile(r"https?://([a-z0-9.-]+)(?::\d+)?/@(\w+)/?", re.IGNORECASE | re.ASCII)
NUMBER = re.compile(r"[\w-]{1,64}", re.ASCII)
#: Uploads have a pace of their own, thirty in half an hour: a text waits no longer than this for its photo.
LONGEST_FOR_A_PHOTO = timedelta(minutes=1)
#: What a server allows, and who we are there, is asked again after so many seconds.
FRESH = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class MastodonOptions(HttpOptions):
    """The account that speaks for the office."""

    secret: ClassVar[frozenset[str]] = frozenset({"token"})

    api_base: str = option(
        gettext_lazy("Dirección del servidor"),
        gettext_lazy("Donde la oficina tiene su cuenta; por ejemplo, https://mastodon.social."),
    )
    token: str = option(
        gettext_lazy("Clave de acceso"),
        gettext_lazy(
            "En la cuenta: Preferencias, Desarrollo, Nueva aplicación, con los permisos profile, write:media y "
            "write:statuses. Se guarda cifrada y no se vuelve a mostrar."
        ),
    )
    visibility: str = option(
        gettext_lazy("Quién lo ve"),
        gettext_lazy("Una oficina publica para todo el mundo."),
        default="public",
        choices=[
            ("public", gettext_lazy("Todo el mundo, y aparece en las líneas públicas")),
            ("unlisted", gettext_lazy("Todo el mundo, sin aparecer en las líneas públicas")),
            ("private", gettext_lazy("Solo quienes siguen a la cuenta")),
        ],
        seldom=True,
    )

    def __post_init__(self) -> None:
        if self.visibility not in {"public", "unlisted", "private"}:
            raise Misconfigured(_("La visibilidad en Mastodon debe ser «public», «unlisted» o «private»."))
        if self.api_base and not urlsplit(self.api_base).hostname:
            raise Misconfigured(_("La dirección del servidor de Mastodon empieza con https://."))


class MastodonChannel(Channel[MastodonOptions]):
    """An account of the office."""

    kind = "mastodon"
    label = "Mastodon"
    manner = Manner.POST
    personal = False
    address_help = gettext_lazy("El nombre completo de la cuenta, como @municipio@mastodon.social.")
    options_class = MastodonOptions
    # 300 calls in five minutes for one account, as the service documents; a post with its photo is up to four.
    limits = Limits(body=Rules().characters, per_minute=15, uploads_picture=True)

    def __init__(self, options: MastodonOptions, http: Http) -> None:
        super().__init__(options, http)
        self._server = Server(http, base=options.api_base, token=options.token)

    # --- Contract ---

    def normalise(self, destination: str) -> str:
        given = destination.strip()
        if page := PAGE.fullmatch(given):
            return f"@{page[2]}@{page[1]}".lower()
        if address := ADDRESS.fullmatch(given):
            return f"@{address[1]}@{address[2]}".lower()
        raise Rejected(
            _("«%(given)s» no es una cuenta de Mastodon: escribe @nombre@servidor.") % {"given": given[:80]}
        )

    def preview(self, parcel: Parcel) -> Preview:
        """With what the server said last, or Mastodon's own limits before it was ever asked."""
        rules = cache.get(self._shelf("rules")) or Rules()
        text = worded(parcel, rules=rules)
        if (picture := parcel.message.picture) and shows_photo(parcel, rules):
            text += GAP + shown(picture, most=rules.description)
        return Preview(subject=parcel.message.headline, text=text + "\n")

    def send(self, parcel: Parcel) -> Receipt:
        self._see_to_account(parcel)
        standing = parcel.in_reply_to if NUMBER.fullmatch(parcel.in_reply_to) else ""
        if parcel.message.kind == MessageKind.WITHDRAWAL and standing:
            return self._withdraw(standing)
        if parcel.message.kind == MessageKind.CORRECTION and standing:
            return self._correct(parcel, standing)
        return self._post(parcel, answering=standing if parcel.message.kind == MessageKind.ALERT else "")

    def check(self) -> str:
        try:
            account = self._server.account()
            self._rules()
        except (Postponed, Rejected) as problem:
            raise Misconfigured(str(problem)) from problem
        if not account.get("username"):
            raise no_server()
        return f"@{account['username']}@{urlsplit(self.options.api_base).hostname}"

    # --- Saying, correcting, taking back ---

    def _post(self, parcel: Parcel, *, answering: str = "") -> Receipt:
        content = self._content(parcel) | {"visibility": self.options.visibility}
        if answering:
            content["in_reply_to_id"] = answering
        try:
            return receipt_of(self._server.publish(content, key=parcel.key))
        except Missing as nowhere:
            if answering:
                return self._post(parcel)
            raise no_server() from nowhere

    def _correct(self, parcel: Parcel, standing: str) -> Receipt:
        """Whoever edits names the photos again, or the server takes them off. What cannot be edited is answered.
        An edited post keeps in its public history a photo that was taken away (mastodon/mastodon#22151): it is deleted,
        and said anew."""
        if parcel.drops_cover:
            self._withdraw(standing)
            return self._post(parcel)
        try:
            return receipt_of(self._server.edit(standing, self._content(parcel)))
        except Missing:
            return self._post(parcel, answering=standing)

    def _withdraw(self, standing: str) -> Receipt:
        with suppress(Missing):  # somebody deleted it already
            self._server.delete(standing)
        return Receipt(reference=standing)

    def _content(self, parcel: Parcel) -> dict[str, Any]:
        rules = self._rules()
        media = self._upload(parcel, rules)
        return {
            "status": worded(parcel, rules=rules),
            "language": "es",
            "media_ids": [media] if media else [],
        }

    # --- The photo ---

    def _upload(self, parcel: Parcel, rules: Rules) -> str | None:
        """``None`` where there is no photo that the server takes: the text never waits for one."""
        picture, file = parcel.message.picture, photo_of(parcel, rules)
        if picture is None or file is None:
            return None
        try:
            return self._server.upload(file, description=fit(picture.alt, rules.description))
        except (OSError, Refused):
            return None
        except Postponed as delay:
            if delay.wait > LONGEST_FOR_A_PHOTO:
                return None
            raise

    # --- What the server told ---

    def _rules(self) -> Rules:
        return cache.get_or_set(self._shelf("rules"), self._server.rules, FRESH) or Rules()

    def _see_to_account(self, parcel: Parcel) -> None:
        """A parcel for another account would be a second post on this one."""
        name = cache.get_or_set(
            self._shelf("name"), lambda: str(self._server.account().get("username", "")).lower(), FRESH
        )
        asked = self.normalise(parcel.destination)
        if name and asked.split("@")[1] != name:
            raise Rejected(
                _("La clave es de @%(name)s y no deja publicar como %(asked)s.")
                % {"name": name, "asked": asked}
            )

    def _shelf(self, name: str) -> str:
        ours = hashlib.sha256(f"{self.options.api_base} {self.options.token}".encode()).hexdigest()
        return f"mastodon/{name}/{ours[:32]}"


def photo_of(parcel: Parcel, rules: Rules) -> Path | None:
    """The photo's file, if the server takes it."""
    if too_large(parcel.message.picture, rules):
        return None
    return file_of(parcel.message.picture, formats=rules.suffixes, heaviest=rules.heaviest)


def shows_photo(parcel: Parcel, rules: Rules) -> bool:
    picture = parcel.message.picture
    fits = not too_large(picture, rules)
    return fits and seen_with(picture, formats=rules.suffixes, heaviest=rules.heaviest)


def too_large(picture: Picture | None, rules: Rules) -> bool:
    return picture is not None and picture.width * picture.height > rules.pixels


def receipt_of(status: Any) -> Receipt:
    return Receipt(reference=str(status["id"]), url=str(status.get("url") or ""))
