"""Posts to the office's Instagram account: a video, a photo or several, for Instagram takes no words alone.

Instagram fetches them itself, from their public address. A post is made in two steps, and is seen after the
second. Nobody can edit a post from outside: a correction comments on it; one that takes a photo or the video away
deletes it and publishes anew. A withdrawal deletes it. Where the token may not delete, a comment says so. The reference
is the number of the post.

A video of its own is a reel: ``media_type=REELS`` with ``video_url``, ``cover_url`` and ``caption``, and no alt text
(guide to content publishing and reference of IG User Media, 2026-11). It takes minutes to be ready; a container that
failed names an error of the reference of Error Codes in its ``status``.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pregon.channels import fitting, photos, videos
from pregon.channels.graph import Forbidden, Graph, GraphOptions, Missing, Refused
from pregon.core.http import Http
from pregon.core.text import addresses
from pregon.delivery.contract import Channel, Limits, Manner, Parcel, Preview, Receipt, Renewal, Token
from pregon.delivery.enums import MessageKind
from pregon.delivery.errors import DeliveryError, DestinationGone, Postponed, Rejected, Unanswered
from pregon.delivery.values import Message, Picture, Video

NUMBER = re.compile(r"[0-9]{5,20}")
FORMATS = {".jpg", ".jpeg"}
CAPTION, ALT, COMMENT = 2200, 1000, 300
#: More of these in one caption and Instagram refuses it.
HASHTAGS, MENTIONS = 30, 20
ALBUM = 10
SOON, HOUR = timedelta(seconds=30), timedelta(hours=1)
#: The account has posted all that a day allows.
DAY_IS_FULL = 2207042
#: The container is not ready, or could not be published just now.
NOT_READY = frozenset({2207008, 2207027})
#: The photo could not be fetched; it may be in the making.
NOT_FETCHED = 2207052
#: What Meta itself asks to try again with a new container: its own trouble, a slow download, a container grown old.
TRY_AGAIN = frozenset({2207001, 2207003, 2207020, 2207032, NOT_FETCHED, 2207053})
#: A video in another format than it takes.
BAD_VIDEO = 2207026
SUBCODE = re.compile(r"\b22\d{5}\b")
#: How many of the newest posts are looked through for one whose answer got lost.
LATELY = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class InstagramOptions(GraphOptions):
    """The app that posts for the office, and its token."""


class InstagramChannel(Channel[InstagramOptions]):
    """A professional account of the office."""

    kind = "instagram"
    label = "Instagram"
    manner = Manner.POST
    personal = False
    address_help = gettext_lazy("El número de la cuenta, que suele empezar con 17841.")
    options_class = InstagramOptions
    # It uploads nothing, but Instagram fetches photo and video at once: they must be there.
    limits = Limits(body=CAPTION, caption=CAPTION, fold=125, per_day=100, uploads_picture=True)
    #: Seconds between one look at what Instagram prepares and the next; one photo is ready at the first or second.
    pauses: ClassVar[tuple[float, ...]] = (1, 2, 4, 8, 15, 30)
    #: A video takes minutes.
    video_pauses: ClassVar[tuple[float, ...]] = (5, 10, 15, 30, 60, 60, 60, 60)

    def __init__(self, options: InstagramOptions, http: Http) -> None:
        super().__init__(options, http)
        self._graph = Graph.over(http, options)

    # --- Contract ---

    def normalise(self, destination: str) -> str:
        given = destination.strip()
        if NUMBER.fullmatch(given):
            return given
        raise Rejected(
            _("«%(given)s» no es una cuenta de Instagram: escribe su número, que suele empezar con 17841.")
            % {"given": given[:80]}
        )

    def preview(self, parcel: Parcel) -> Preview:
        message, standing = parcel.message, parcel.in_reply_to
        deleting = message.kind == MessageKind.WITHDRAWAL
        if standing and (deleting or (message.kind == MessageKind.CORRECTION and not parcel.dropped)):
            what = (
                _("[Se borra la publicación; donde Instagram no lo permite, se comenta]") if deleting else ""
            )
            seen = [what or _("[Se comenta en la publicación]"), comment_about(message)]
        else:
            missing = [_("[Sin foto ni video: así Instagram no lo publica]")]
            again = [_("[Se borra la publicación con lo que se quitó, y se publica otra:]")]
            seen = [*(again if standing else ()), *(shown_in(message) or missing), caption_of(message)]
        text = fitting.GAP.join(seen)
        return Preview(subject=message.headline, text=f"{text}\n", html=fitting.as_html(text))

    def send(self, parcel: Parcel) -> Receipt:
        account, standing = self.normalise(parcel.destination), parcel.in_reply_to
        if parcel.message.kind == MessageKind.WITHDRAWAL and standing:
            return self._withdraw(parcel.message, standing)
        if parcel.message.kind == MessageKind.CORRECTION and standing:
            return self._correct(parcel, account)
        return self._publish(parcel.message, account)

    def check(self) -> str:
        return self._graph.who("instagram_content_publish")

    def token(self) -> Token | None:
        return self._graph.life()

    def renew(self) -> Renewal | None:
        return self._graph.renewed(at=datetime.now(UTC))

    # --- Publishing, in two steps ---

    def _publish(self, message: Message, account: str) -> Receipt:
        if not source_of(message):
            raise Rejected(
                _("Instagram no publica sin foto ni video: ponle una portada al boletín y envíalo otra vez.")
            )
        self._leave_room(account)
        caption = caption_of(message)
        try:
            container = self._container(account, message, caption)
            media = self._release(account, container, caption)
        except Refused as refusal:
            if passing := passing_trouble(refusal, source_of(message)):
                raise passing from refusal
            raise
        return Receipt(reference=media, url=self._address(media))

    def _leave_room(self, account: str) -> None:
        """Ask what the last 24 hours have left; each account has its own allowance."""
        try:
            told = self._graph.get(f"{account}/content_publishing_limit", fields="quota_usage,config")
        except Missing as nobody:
            raise DestinationGone(
                _("Instagram no encuentra la cuenta %(account)s, o la clave no la alcanza.")
                % {"account": account}
            ) from nobody
        for quota in told.get("data", []):
            if quota.get("quota_usage", 0) >= quota.get("config", {}).get("quota_total", self.limits.per_day):
                raise day_is_full()

    def _container(self, account: str, message: Message, caption: str) -> str:
        """What will be the post: nobody sees it yet, and it is forgotten after a day. Several photos side by side must
        all be ready before they are joined."""
        pictures, pauses = pictures_of(message), iter(self.pauses)
        if message.video:
            whole = self._make(account, **reel(message.video, pictures), caption=caption)
            pauses = iter(self.video_pauses)
        elif len(pictures) == 1:
            whole = self._make(account, **photo(pictures[0]), caption=caption)
        else:
            parts = [self._make(account, **photo(picture), is_carousel_item=True) for picture in pictures]
            for part in parts:
                self._wait_for(part, pauses)
            whole = self._make(account, media_type="CAROUSEL", children=parts, caption=caption)
        self._wait_for(whole, pauses)
        return whole

    def _make(self, account: str, **content: Any) -> str:
        return self._graph.create(f"{account}/media", repeatable=True, **content)

    def _wait_for(self, container: str, pauses: Iterator[float]) -> None:
        while True:
            told = self._graph.get(container, fields="status_code,status")
            state = told.get("status_code")
            if state == "FINISHED":
                return
            if state == "ERROR":
                raise failed(str(told.get("status", "")))
            if state == "EXPIRED":
                raise expired()
            pause = next(pauses, None)
            if pause is None:
                raise not_ready()
            time.sleep(pause)

    def _release(self, account: str, container: str, caption: str) -> str:
        doubt: DeliveryError
        try:
            return self._graph.create(f"{account}/media_publish", creation_id=container)
        except Postponed as delay:
            if delay.whole:  # throttled, or never handed over: a clear no
                raise
            doubt = delay
        except Unanswered as silence:
            doubt = silence
        if media := self._released(account, container, caption, doubt):
            return media
        raise doubt

    def _released(self, account: str, container: str, caption: str, doubt: DeliveryError) -> str | None:
        """The container knows whether it went out all the same, and the account which of its posts it became. ``None``
        when it did not; a doubt remains where neither tells."""
        try:
            if self._graph.get(container, fields="status_code").get("status_code") != "PUBLISHED":
                return None
            newest = self._graph.get(f"{account}/media", fields="id,caption", limit=LATELY).get("data", [])
        except DeliveryError:
            newest = []
        for media in newest:
            if media.get("caption") == caption:
                return str(media["id"])
        raise Unanswered(_("Instagram no dijo si lo publicó: míralo en la cuenta.")) from doubt

    # --- Correcting and taking back ---

    def _comment(self, message: Message, media: str, *, todo: str = "") -> Receipt:
        self._graph.create(f"{media}/comments", message=comment_about(message))
        return Receipt(reference=media, url=self._address(media), todo=todo)

    def _correct(self, parcel: Parcel, account: str) -> Receipt:
        message, media = parcel.message, parcel.in_reply_to
        if parcel.dropped:
            return self._replace(message, media, account)
        try:
            return self._comment(message, media)
        except Missing:
            if self._graph.reaches(media):
                raise
            return self._publish(message, account)

    def _replace(self, message: Message, media: str, account: str) -> Receipt:
        """Delete what shows what was taken away, and publish anew what Instagram takes."""
        deleted = self._delete(media)
        if deleted is False:
            return self._comment(message, media, todo=to_delete())
        look = to_look_for() if deleted is None else ""
        if source_of(message):
            return replace(self._publish(message, account), todo=look)
        alone = _(
            "Instagram no publica sin foto ni video: se borró la publicación y la corrección no salió ahí."
        )
        return Receipt(reference=media, todo=" ".join(filter(None, (alone, look))))

    def _withdraw(self, message: Message, media: str) -> Receipt:
        deleted = self._delete(media)
        if deleted is False:
            return self._comment(message, media, todo=to_delete())
        return Receipt(reference=media, todo=to_look_for() if deleted is None else "")

    def _delete(self, media: str) -> bool | None:
        """Whether it is gone now; ``None`` where nothing is found: somebody deleted it, or we cannot see it."""
        try:
            self._graph.delete(media)
        except Missing:
            return False if self._graph.reaches(media) else None
        except (Refused, Forbidden):
            return False
        return True

    def _address(self, media: str) -> str:
        """Where the public reads it. The post is out: no trouble in asking may take that back."""
        try:
            return str(self._graph.get(media, fields="permalink").get("permalink", ""))
        except DeliveryError:
            return ""


def to_delete() -> str:
    return _("Instagram no dejó borrar la publicación: entra a la aplicación y bórrala a mano.")


def to_look_for() -> str:
    return _(
        "Instagram ya no encuentra la publicación que se retira, o la clave no la alcanza: "
        "mira en la cuenta si sigue ahí y bórrala a mano."
    )


# --- Video, photos and words ---------------------------------------------------------------------------------------


def shown_in(message: Message) -> list[str]:
    """What a preview says of it: a video goes instead of the album."""
    if message.video:
        return [videos.shown(message.video)]
    return [photos.shown(picture) for picture in pictures_of(message)]


def source_of(message: Message) -> str:
    """The address that Instagram fetches first; "" where there is nothing for it to show."""
    if message.video:
        return message.video.url
    return next((picture.url for picture in pictures_of(message)), "")


def pictures_of(message: Message) -> tuple[Picture, ...]:
    """Those that Instagram can fetch and takes: JPEG, at a public address."""
    return tuple(filter(is_public_jpeg, message.album))[:ALBUM]


def is_public_jpeg(picture: Picture) -> bool:
    url = urlsplit(picture.url)
    return url.scheme in {"http", "https"} and PurePosixPath(url.path).suffix.lower() in FORMATS


def photo(picture: Picture) -> dict[str, Any]:
    return {"image_url": picture.url, "alt_text": fitting.fit(picture.alt, ALT) or None}


def reel(video: Video, pictures: tuple[Picture, ...]) -> dict[str, Any]:
    """A reel that stands among the other posts too, with the bulletin's cover before it plays."""
    cover = pictures[0].url if pictures else None
    return {"media_type": "REELS", "video_url": video.url, "cover_url": cover, "share_to_feed": True}


def caption_of(message: Message) -> str:
    """Instagram opens no link in a caption: the address stands there to be read."""
    if message.video:
        caption = videos.described(message, message.video, message.url, limit=CAPTION)
    else:
        caption = fitting.fitted(message, message.url, limit=CAPTION)
    return sparing(sparing(caption, "#", HASHTAGS), "@", MENTIONS)


def sparing(text: str, mark: str, most: int) -> str:
    """The text with ``mark`` before no more than so many words: the words stay, and those of a link count too."""
    found = [one.start() for one in re.finditer(rf"(?<!\w){mark}(?=\w)", text)]
    links = addresses(text)
    loose = [at for at in found if not any(start <= at < end for start, end in links)]
    spared = set(loose[max(most - (len(found) - len(loose)), 0) :])
    return "".join(letter for at, letter in enumerate(text) if at not in spared)


def comment_about(message: Message) -> str:
    return fitting.fitted(replace(message, dek="", blocks=(), video=None), message.url, limit=COMMENT)


# --- Refusals -----------------------------------------------------------------------------------------------


def day_is_full() -> Postponed:
    return Postponed(
        _("Instagram ya publicó todo lo que admite en 24 horas; saldrá en cuanto haya lugar."),
        wait=HOUR,
        whole=True,
    )


def not_ready() -> Postponed:
    return Postponed(_("Instagram todavía lo prepara; se intentará de nuevo."), wait=SOON)


def expired() -> Postponed:
    return Postponed(_("A Instagram se le venció lo que preparaba; se intentará de nuevo."), wait=SOON)


def failed(status: str) -> Postponed | Rejected:
    """A container that came to nothing, by the error that its status names."""
    said = {"said": status[:200]}
    found = SUBCODE.search(status)
    subcode = int(found[0]) if found else 0
    if subcode in TRY_AGAIN:
        return Postponed(
            _("Instagram falló al prepararlo; se intentará de nuevo. Dice: %(said)s") % said, wait=SOON
        )
    if subcode == BAD_VIDEO:
        return Rejected(
            _(
                "Instagram no admite ese video: ha de ser MP4 con imagen H.264 y sonido AAC, de 3 segundos a "
                "15 minutos. Dice: %(said)s"
            )
            % said
        )
    return Rejected(_("Instagram no pudo prepararlo: %(said)s") % said)


def passing_trouble(refusal: Refused, source: str) -> Postponed | None:
    """Refusals that pass with time, by Instagram's own number for them."""
    if refusal.subcode == DAY_IS_FULL:
        return day_is_full()
    if refusal.subcode in NOT_READY:
        return not_ready()
    if refusal.subcode == NOT_FETCHED:
        return Postponed(
            _("Instagram no pudo leer %(url)s: revisa que esa dirección se abra desde internet.")
            % {"url": source},
            wait=SOON,
        )
    return None
