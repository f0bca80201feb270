"""Posts to the office's account on X at a price that is said before; a correction replies, a withdrawal deletes.

X edits no post for a program, so a correction without the photo that stands deletes and posts anew.

A reference lists the posts that stand for one bulletin, the newest first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pregon.channels.fitting import GAP, as_html, fit, fitted, without_videos
from pregon.channels.photos import file_of, seen_with, shown
from pregon.channels.x.api import Api, Duplicate, Refused, thing_in
from pregon.channels.x.oauth import Keys
from pregon.channels.x.weight import has_link, spans, weight
from pregon.core.http import Http, object_in
from pregon.delivery.contract import (
    Channel,
    HttpOptions,
    Limits,
    Manner,
    Parcel,
    Preview,
    Price,
    Receipt,
    option,
)
from pregon.delivery.enums import MessageKind
from pregon.delivery.errors import Misconfigured, Rejected

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

NAME = re.compile(
    r"(?:https?://)?(?:www\.|mobile\.)?(?:x\.com/|twitter\.com/|@)(\w{1,15})/?", re.IGNORECASE | re.ASCII
)
MEDIA = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}
HEAVIEST = 5 * 1024 * 1024
LONGEST, LONGEST_ALT = 280, 1000
#: How many of the account's last posts are looked through for one that X calls a duplicate.
LOOKED_THROUGH = 10


def price_field(default: str, label: StrPromise) -> Any:
    words = gettext_lazy(
        "En dólares, como X la publicaba en noviembre de 2026; cámbiala si X la cambia. Se muestra antes de enviar."
    )
    return option(label, words, default=default, seldom=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class XOptions(HttpOptions):
    """The application that speaks for the office's account."""

    secret: ClassVar[frozenset[str]] = frozenset(
        {"api_key", "api_key_secret", "access_token", "access_token_secret"}
    )

    api_key: str = option(
        gettext_lazy("API Key"),
        gettext_lazy("Está en console.x.com, en la aplicación, Keys and tokens. Se guarda cifrada."),
    )
    api_key_secret: str = option(
        gettext_lazy("API Key Secret"),
        gettext_lazy("Va junto a la anterior. Se guarda cifrada y no se vuelve a mostrar."),
    )
    access_token: str = option(
        gettext_lazy("Access Token"),
        gettext_lazy("Genérala después de dar a la aplicación el permiso «Read and write»."),
    )
    access_token_secret: str = option(
        gettext_lazy("Access Token Secret"),
        gettext_lazy("Va junto a la anterior. Se guarda cifrada y no se vuelve a mostrar."),
    )
    with_link: str = option(
        gettext_lazy("Enlace al boletín"),
        gettext_lazy("X cobra mucho más por una publicación que lleva un enlace."),
        default="no",
        choices=[
            ("no", gettext_lazy("Sin enlace, lo más barato")),
            ("yes", gettext_lazy("Con enlace al sitio")),
        ],
    )
    price_post: str = price_field("0.015", gettext_lazy("Precio de publicar sin enlace"))
    price_link: str = price_field("0.200", gettext_lazy("Precio de publicar con enlace"))
    price_alt: str = price_field("0.005", gettext_lazy("Precio de describir una foto"))
    price_delete: str = price_field("0.010", gettext_lazy("Precio de borrar"))
    api_base: str = option(
        gettext_lazy("Dirección del servicio"),
        gettext_lazy("No hace falta cambiarla."),
        default="https://api.x.com",
        seldom=True,
    )

    def __post_init__(self) -> None:
        if self.with_link not in {"yes", "no"}:
            raise Misconfigured(_("El enlace al boletín en X debe ser «yes» o «no»."))
        for name in ("price_post", "price_link", "price_alt", "price_delete"):
            try:
                fair = Decimal(getattr(self, name)) >= 0
            except InvalidOperation:
                fair = False
            if not fair:
                raise Misconfigured(_("Los precios de X se escriben con números y punto, como 0.015."))


class XChannel(Channel[XOptions]):
    """One account of the office."""

    kind = "x"
    label = "X"
    manner = Manner.POST
    personal = False
    address_help = gettext_lazy("El nombre de la cuenta, como @municipio.")
    options_class = XOptions
    # 100 posts in 15 minutes for one account, as X documents.
    limits = Limits(body=LONGEST, per_minute=6, uploads_picture=True)

    def __init__(self, options: XOptions, http: Http) -> None:
        super().__init__(options, http)
        keys = Keys(
            consumer=options.api_key,
            consumer_secret=options.api_key_secret,
            token=options.access_token,
            token_secret=options.access_token_secret,
        )
        self._api = Api(http, base=options.api_base, keys=keys)

    # --- Contract ---

    def normalise(self, destination: str) -> str:
        name = NAME.fullmatch(destination.strip())
        if name is None:
            raise Rejected(
                _("«%(given)s» no es una cuenta de X: escribe @nombre.") % {"given": destination.strip()[:80]}
            )
        return f"@{name[1].lower()}"

    def preview(self, parcel: Parcel) -> Preview:
        text = self._text(parcel)
        picture = parcel.message.picture
        picture = picture if seen_with(picture, formats=MEDIA, heaviest=HEAVIEST) else None
        photo = [shown(picture, most=LONGEST_ALT)] if picture else []
        return Preview(
            subject=parcel.message.headline,
            text=GAP.join([*photo, text]) + "\n",
            html=as_html(text),
        )

    def price(self, parcel: Parcel) -> Price | None:
        standing = parcel.in_reply_to.split()
        if parcel.message.kind == MessageKind.WITHDRAWAL and standing:
            amount = Decimal(self.options.price_delete) * len(standing)
            return Price(amount=amount, currency="USD", reason=_("X cobra por borrar cada publicación."))
        deleting = Decimal(self.options.price_delete) * len(standing) if parcel.drops_cover else Decimal()
        plain, linked = Decimal(self.options.price_post), Decimal(self.options.price_link)
        with_link = has_link(self._text(parcel))
        amount = deleting + (linked if with_link else plain)
        reason = (
            _("X cobra %(linked)s USD por una publicación con enlace; sin enlace serían %(plain)s USD.")
            if with_link
            else _("X cobra %(plain)s USD por una publicación sin enlace; con enlace serían %(linked)s USD.")
        ) % {"linked": linked, "plain": plain}
        if parcel.message.picture and parcel.message.picture.alt:
            described = Decimal(self.options.price_alt)
            amount += described
            reason += " " + _("Describir la foto suma %(described)s USD.") % {"described": described}
        if deleting:
            reason += " " + _("Borrar lo que lleva la foto anterior suma %(deleting)s USD.") % {
                "deleting": deleting
            }
        return Price(amount=amount, currency="USD", reason=reason)

    def send(self, parcel: Parcel) -> Receipt:
        standing = parcel.in_reply_to.split()
        if parcel.message.kind == MessageKind.WITHDRAWAL and standing:
            return self._withdraw(parcel, standing)
        if standing and parcel.drops_cover:
            return self._replace(parcel, standing)
        if standing:
            return self._reply(parcel, standing)
        return self._receipt(parcel, self._say(parcel))

    def check(self) -> str:
        answer = self._api.ask("GET", "/2/users/me")
        if answer.headers.get("x-access-level") == "read":
            raise Misconfigured(
                _(
                    "Estas claves solo dejan leer: da a la aplicación el permiso «Read and write» en console.x.com y "
                    "vuelve a generar el Access Token."
                )
            )
        return f"@{thing_in(answer).get('username', '')}"

    # --- Saying, answering, taking back ---

    def _reply(self, parcel: Parcel, standing: list[str]) -> Receipt:
        """Below the first post, or on its own where X does not let it stand there."""
        try:
            number = self._say(parcel, answering=standing[-1])
        except Duplicate:
            raise
        except Refused:
            number = self._say(parcel)
        return self._receipt(parcel, number)

    def _replace(self, parcel: Parcel, standing: list[str]) -> Receipt:
        """Delete what bears the photo, and post anew; a correction never waits for X to let it delete."""
        try:
            self._delete(standing)
        except Refused:
            todo = _("X no dejó borrar la publicación con la foto que se quitó: bórrala a mano en la cuenta.")
            return replace(self._reply(parcel, standing), todo=todo)
        return self._receipt(replace(parcel, in_reply_to=""), self._say(parcel))

    def _say(self, parcel: Parcel, *, answering: str = "") -> str:
        """Post, and give the number of the post."""
        text = self._text(parcel)
        post: dict[str, Any] = {"text": text}
        if media := self._upload(parcel):
            post["media"] = {"media_ids": [media]}
        if answering:
            post["reply"] = {"in_reply_to_tweet_id": answering}
        try:
            said = self._api.post("/2/tweets", speaking=True, json=post)
        except Duplicate:
            if found := self._standing(text):
                return found
            raise
        return str(said["id"])

    def _withdraw(self, parcel: Parcel, standing: list[str]) -> Receipt:
        self._delete(standing)
        return Receipt(reference=parcel.in_reply_to)

    def _delete(self, standing: list[str]) -> None:
        for number in standing:
            try:
                self._api.delete(f"/2/tweets/{number}")
            except Refused as refusal:
                if refusal.status != 404:
                    raise

    def _upload(self, parcel: Parcel) -> str:
        """The number of the photo at X, described; "" when there is none that X takes: the text never waits for it."""
        path, picture = photo_of(parcel), parcel.message.picture
        if path is None or picture is None:
            return ""
        try:
            media = self._api.post(
                "/2/media/upload",
                data={"media_category": "tweet_image", "media_type": MEDIA[path.suffix.lower()]},
                files={"media": (f"foto{path.suffix}", path.read_bytes(), MEDIA[path.suffix.lower()])},
            )
            if picture.alt:
                words = {"alt_text": {"text": fit(picture.alt, LONGEST_ALT)}}
                self._api.post("/2/media/metadata", json={"id": media["id"], "metadata": words})
        except (OSError, Refused):
            return ""
        return str(media["id"])

    def _standing(self, text: str) -> str:
        """The number of the post that already says this, among the last ones of the account."""
        me = self._api.get("/2/users/me")["id"]
        answer = self._api.ask("GET", f"/2/users/{me}/tweets?max_results={LOOKED_THROUGH}")
        wanted = without_links(text)
        return next(
            (
                str(post["id"])
                for post in (object_in(answer) or {}).get("data") or []
                if without_links(post["text"]) == wanted
            ),
            "",
        )

    def _text(self, parcel: Parcel) -> str:
        message = parcel.message
        link = message.url if self.options.with_link == "yes" else ""
        return fitted(without_videos(message), link, limit=LONGEST, measure=weight)

    def _receipt(self, parcel: Parcel, number: str) -> Receipt:
        name = self.normalise(parcel.destination).removeprefix("@")
        return Receipt(
            reference=f"{number} {parcel.in_reply_to}".strip(), url=f"https://x.com/{name}/status/{number}"
        )


def photo_of(parcel: Parcel) -> Path | None:
    return file_of(parcel.message.picture, formats=MEDIA, heaviest=HEAVIEST)


def without_links(text: str) -> str:
    """The words alone: X writes its own links in the place of ours, and one more for a photo."""
    kept, at = "", 0
    text = unescape(text)
    for start, end in spans(text):
        kept, at = kept + text[at:start], end
    return " ".join((kept + text[at:]).split())
