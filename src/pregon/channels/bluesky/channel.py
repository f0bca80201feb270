"""Posts to the office's account on Bluesky; a correction replies, a withdrawal deletes.

A post cannot be changed: the server would take another record, and readers would go on seeing the first. So a
correction without the photo that stands deletes and posts anew.

A post's key is made from its parcel, so that a parcel sent twice is one post. A reference lists the keys that stand for
one bulletin, the newest first; the first post's has its hash behind it, which a reply must name: "key key:hash".
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from pathlib import Path
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pregon.channels.bluesky.richtext import as_html, facets_of
from pregon.channels.bluesky.tid import tid_of
from pregon.channels.bluesky.xrpc import Agent, Refused
from pregon.channels.fitting import GAP, fitted
from pregon.channels.photos import file_of, seen_with, shown
from pregon.core.graphemes import graphemes
from pregon.core.http import Http
from pregon.core.text import shorten
from pregon.delivery.contract import Channel, HttpOptions, Limits, Manner, Parcel, Preview, Receipt, option
from pregon.delivery.enums import MessageKind
from pregon.delivery.errors import Rejected

HANDLE = re.compile(
    r"(?:https?://bsky\.app/profile/|@)?((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?)/?",
    re.IGNORECASE | re.ASCII,
)
POSTS = "app.bsky.feed.post"
MEDIA = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}
HEAVIEST = 2_000_000
LONGEST, LONGEST_BYTES, LONGEST_FOOT = 300, 3000, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class BlueskyOptions(HttpOptions):
    """The account that speaks for the office."""

    secret: ClassVar[frozenset[str]] = frozenset({"app_password"})

    identifier: str = option(
        gettext_lazy("Cuenta"), gettext_lazy("Su nombre completo, como municipio.bsky.social, sin arroba.")
    )
    app_password: str = option(
        gettext_lazy("Contraseña de aplicación"),
        gettext_lazy(
            "Se crea en Bluesky, Ajustes, Privacidad y seguridad. No es la contraseña de la cuenta. "
            "Se guarda cifrada y no se vuelve a mostrar."
        ),
    )
    api_base: str = option(
        gettext_lazy("Dirección del servidor"),
        gettext_lazy("Solo cambia si la cuenta vive en otro servidor."),
        default="https://bsky.social",
        seldom=True,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What is read, and where its links and hashtags stand."""

    text: str
    facets: list[dict[str, Any]]


class BlueskyChannel(Channel[BlueskyOptions]):
    """One account of the office."""

    kind = "bluesky"
    label = "Bluesky"
    manner = Manner.POST
    personal = False
    address_help = gettext_lazy("El nombre completo de la cuenta, como municipio.bsky.social.")
    options_class = BlueskyOptions
    # 5,000 points an hour, 3 for each new post: 27 a minute, and something left for who else uses the account.
    limits = Limits(body=LONGEST, per_minute=20, idempotent=True, uploads_picture=True)

    def __init__(self, options: BlueskyOptions, http: Http) -> None:
        super().__init__(options, http)
        self._agent = Agent(
            http, base=options.api_base, identifier=options.identifier, password=options.app_password
        )

    # --- Contract ---

    def normalise(self, destination: str) -> str:
        handle = HANDLE.fullmatch(destination.strip())
        if handle is None:
            raise Rejected(
                _(
                    "«%(given)s» no es una cuenta de Bluesky: escribe su nombre completo, como municipio.bsky.social."
                )
                % {"given": destination.strip()[:80]}
            )
        return f"@{handle[1].lower()}"

    def preview(self, parcel: Parcel) -> Preview:
        picture = parcel.message.picture
        picture = picture if seen_with(picture, formats=MEDIA, heaviest=HEAVIEST) else None
        wording = worded(parcel, with_photo=picture is not None)
        lines = [wording.text]
        if picture:
            lines.insert(0, shown(picture))
        elif card := card_of(parcel):
            lines.append(_("[Tarjeta: %(title)s, %(uri)s]") % card["external"])
        return Preview(
            subject=parcel.message.headline,
            text=GAP.join(lines) + "\n",
            html=as_html(wording.text, wording.facets),
        )

    def send(self, parcel: Parcel) -> Receipt:
        standing = parcel.in_reply_to.split()
        if parcel.message.kind == MessageKind.WITHDRAWAL and standing:
            return self._withdraw(parcel, standing)
        if parcel.drops_cover:
            self._delete(standing)
            standing = []
        key = tid_of(parcel.key + json.dumps(parcel.message.to_json(), sort_keys=True))
        first = self._first(standing)
        hash_ = self._put_with_photo(key, parcel, first) or self._put(key, parcel, first)
        reference = f"{key} {parcel.in_reply_to}" if first else f"{key}:{hash_}"
        return Receipt(reference=reference, url=f"https://bsky.app/profile/{self._agent.handle}/post/{key}")

    def check(self) -> str:
        self._agent.log_in()
        return f"@{self._agent.handle}"

    # --- Saying, answering, taking back ---

    def _put_with_photo(self, key: str, parcel: Parcel, first: dict[str, str] | None) -> str:
        """With its photo. "" when there is none that Bluesky takes: the text never waits for a photo."""
        path, picture = photo_of(parcel), parcel.message.picture
        if path is None or picture is None:
            return ""
        try:
            told = self._agent.call(
                "com.atproto.repo.uploadBlob",
                gives="blob",
                content=path.read_bytes(),
                headers={"Content-Type": MEDIA[path.suffix.lower()]},
            )
            image: dict[str, Any] = {"alt": picture.alt, "image": told["blob"]}
            if picture.width and picture.height:
                image["aspectRatio"] = {"width": picture.width, "height": picture.height}
            embed = {"$type": "app.bsky.embed.images", "images": [image]}
            return self._write(key, worded(parcel, with_photo=True), embed, first)
        except (OSError, Refused):
            return ""

    def _put(self, key: str, parcel: Parcel, first: dict[str, str] | None) -> str:
        return self._write(key, worded(parcel, with_photo=False), card_of(parcel), first)

    def _write(
        self, key: str, wording: Wording, embed: dict[str, Any] | None, first: dict[str, str] | None
    ) -> str:
        """Write the record unless it is there, and give its hash."""
        record: dict[str, Any] = {
            "$type": POSTS,
            "text": wording.text,
            "langs": ["es"],
            "createdAt": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }
        if wording.facets:
            record["facets"] = wording.facets
        if embed:
            record["embed"] = embed
        if first:
            record["reply"] = {"root": first, "parent": first}
        place = {"repo": self._agent.did, "collection": POSTS, "rkey": key}
        try:
            told = self._agent.call(
                "com.atproto.repo.putRecord",
                gives="cid",
                json={**place, "record": record, "swapRecord": None},
            )
        except Refused as refusal:
            if refusal.name != "InvalidSwap":
                raise
            told = self._agent.call("com.atproto.repo.getRecord", gives="cid", params=place)
        return str(told["cid"])

    def _withdraw(self, parcel: Parcel, standing: list[str]) -> Receipt:
        """Delete what stands; deleting what is gone already is no error to Bluesky."""
        self._delete(standing)
        return Receipt(reference=parcel.in_reply_to)

    def _delete(self, standing: list[str]) -> None:
        for key in standing:
            place = {"repo": self._agent.did, "collection": POSTS, "rkey": key.partition(":")[0]}
            self._agent.call("com.atproto.repo.deleteRecord", json=place)

    def _first(self, standing: list[str]) -> dict[str, str] | None:
        """The first post of the bulletin, as a reply names it."""
        key, _colon, hash_ = standing[-1].partition(":") if standing else ("", "", "")
        return {"uri": f"at://{self._agent.did}/{POSTS}/{key}", "cid": hash_} if hash_ else None


def worded(parcel: Parcel, *, with_photo: bool) -> Wording:
    """The message at Bluesky's limits. Beside a photo there is no card, and the link stands in the text."""
    message = parcel.message
    foot = (
        shorten(message.action or _("Leer en el sitio"), LONGEST_FOOT) if with_photo and message.url else ""
    )
    text = fitted(message, foot, limit=LONGEST, measure=length)
    return Wording(text=text, facets=facets_of(text, foot=foot, url=message.url if foot else ""))


def length(text: str) -> int:
    """Both limits in one: letters as they are seen, or their bytes at ten to a letter."""
    return max(graphemes(text), ceil(len(text.encode()) * LONGEST / LONGEST_BYTES))


def card_of(parcel: Parcel) -> dict[str, Any] | None:
    message = parcel.message
    if not message.url:
        return None
    external = {"uri": message.url, "title": message.headline, "description": message.dek}
    return {"$type": "app.bsky.embed.external", "external": external}


def photo_of(parcel: Parcel) -> Path | None:
    return file_of(parcel.message.picture, formats=MEDIA, heaviest=HEAVIEST)
