"""Posts to the office's public channel and to who wrote to its bot; a correction edits, a withdrawal deletes.

A reference lists the messages that stand in the chat for one bulletin, the newest first: "chat:number:kind …".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, Self

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pregon.channels.photos import Uploads, file_of, seen_with, shown
from pregon.channels.telegram.bot import Bot, Refused
from pregon.channels.telegram.wording import Wording, worded
from pregon.core.http import Http
from pregon.delivery.contract import (
    Arrival,
    Channel,
    HttpOptions,
    Limits,
    Parcel,
    Preview,
    Receipt,
    Wish,
    option,
)
from pregon.delivery.enums import MessageKind
from pregon.delivery.errors import Misconfigured, Rejected
from pregon.delivery.values import Picture

NAME = re.compile(r"(?:https?://)?(?:www\.)?(?:t\.me/|@)([a-z]\w{3,31})/?", re.IGNORECASE | re.ASCII)
NUMBER = re.compile(r"-?[0-9]{1,15}")
TOKEN = re.compile(r"[0-9]+:[\w-]+", re.ASCII)
FORMATS = {".jpg", ".jpeg", ".png", ".webp"}
HEAVIEST = 10 * 1024 * 1024
#: What stands already.
NOT_MODIFIED = "message is not modified"
#: Refusals of the photo itself, whoever it is sent to.
SPOILT = ("IMAGE_PROCESS_FAILED", "PHOTO_INVALID_DIMENSIONS", "wrong file identifier")
Files = dict[str, tuple[str, bytes]]
#: What stands where a photo was taken away: Telegram makes no text of a message that has a photo.
SEAL = Picture(url="", path="icono-512.png", alt="")
HELLO, GOODBYE = {"/start", "/alta"}, {"/stop", "/baja"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TelegramOptions(HttpOptions):
    """The bot that speaks for the office."""

    secret: ClassVar[frozenset[str]] = frozenset({"token"})

    token: str = option(
        gettext_lazy("Clave del bot"),
        gettext_lazy("La da @BotFather al crear el bot. Se guarda cifrada y no se vuelve a mostrar."),
    )
    api_base: str = option(
        gettext_lazy("Dirección del servicio"),
        gettext_lazy("Solo cambia si la oficina tiene su propio servidor de Telegram."),
        default="https://api.telegram.org",
        seldom=True,
    )

    def __post_init__(self) -> None:
        if self.token and not TOKEN.fullmatch(self.token):
            raise Misconfigured(
                _("La clave del bot no tiene la forma que da BotFather: números, dos puntos y letras.")
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a message stands."""

    chat: str
    number: int
    kind: str

    @classmethod
    def all_in(cls, reference: str) -> list[Self]:
        found = (re.fullmatch(r"(-?\d+):(\d+):(text|photo)", part) for part in reference.split())
        return [cls(chat=place[1], number=int(place[2]), kind=place[3]) for place in found if place]

    def __str__(self) -> str:
        return f"{self.chat}:{self.number}:{self.kind}"


class TelegramChannel(Channel[TelegramOptions]):
    """A bot of the office."""

    kind = "telegram"
    label = "Telegram"
    mark = "telegram"
    address_help = gettext_lazy("El nombre público del canal o del grupo, como @municipio.")
    options_class = TelegramOptions
    # 30 messages a second for one bot, as its FAQ says; a little less, for others may use it too.
    limits = Limits(body=4096, caption=1024, per_minute=1500, at_once=4, uploads_picture=True)
    body, caption = 4096, 1024

    def __init__(self, options: TelegramOptions, http: Http) -> None:
        super().__init__(options, http)
        self._bot = Bot(http, base=options.api_base, token=options.token)
        self._uploads = Uploads(self.kind, options.api_base, options.token)

    # --- Contract ---

    def normalise(self, destination: str) -> str:
        given = destination.strip()
        if NUMBER.fullmatch(given):
            return str(int(given))
        if name := NAME.fullmatch(given):
            return f"@{name[1].lower()}"
        raise Rejected(
            _("«%(given)s» no es un chat de Telegram: escribe @nombre o su número.") % {"given": given[:80]}
        )

    def preview(self, parcel: Parcel) -> Preview:
        pictured = seen_with(parcel.message.picture, formats=FORMATS, heaviest=HEAVIEST)
        picture = parcel.message.picture if pictured else None
        wording = self._worded(parcel, pictured=pictured)
        photo = [shown(picture)] if picture else []
        return Preview(
            subject=parcel.message.headline,
            text="\n\n".join([*photo, wording.seen]) + "\n",
            html=wording.marked.replace("\n", "<br>"),
        )

    def send(self, parcel: Parcel) -> Receipt:
        standing = Place.all_in(parcel.in_reply_to)
        if parcel.message.kind == MessageKind.WITHDRAWAL and standing:
            return self._withdraw(parcel, standing)
        if parcel.message.kind == MessageKind.CORRECTION and standing:
            return self._correct(parcel, standing)
        follows = parcel.message.kind == MessageKind.ALERT and standing
        return self._post(parcel, answering=standing[0] if follows else None)

    def check(self) -> str:
        return f"@{self._bot.call('getMe').get('username', '')}"

    def collect(self, cursor: str) -> Sequence[Arrival]:
        updates = self._bot.call(
            "getUpdates",
            offset=int(cursor) if cursor.isdecimal() else None,
            timeout=0,
            limit=100,
            allowed_updates=["message", "my_chat_member"],
        )
        return [arrival_of(update) for update in updates]

    # --- Saying, correcting, taking back ---

    def _post(self, parcel: Parcel, *, answering: Place | None) -> Receipt:
        kept = f" {parcel.in_reply_to}" if parcel.in_reply_to else ""
        place = self._post_photo(parcel, answering) or self._post_text(parcel, answering)
        return Receipt(reference=f"{place}{kept}")

    def _post_photo(self, parcel: Parcel, answering: Place | None) -> Place | None:
        """With its photo. ``None`` when there is none that Telegram takes: the text never waits for a photo."""
        caption = self._worded(parcel, pictured=True).marked

        def say(known: str | None, files: Files) -> Any:
            return self._say("sendPhoto", parcel, answering, photo=known, files=files, caption=caption)

        message = self._with_photo(file_in(parcel.message.picture), say)
        return place_of(message, kind="photo") if message else None

    def _with_photo(self, path: Path | None, say: Callable[[str | None, Files], Any]) -> Any:
        """What came of ``say`` with the name that Telegram has for the photo, or with its file. ``None`` when there is
        none that Telegram takes."""
        if path is None:
            return None
        with self._uploads.turn(path) as known:
            if known == "":
                return None
            try:
                files = {} if known else {"photo": (f"foto{path.suffix}", path.read_bytes())}
                message = say(known, files)
            except OSError:
                return None
            except Refused as refusal:
                if any(words in refusal.description for words in SPOILT):
                    self._uploads.keep(path, "")
                return None
            if not known and (sizes := message.get("photo")):
                self._uploads.keep(path, sizes[-1]["file_id"])
        return message

    def _post_text(self, parcel: Parcel, answering: Place | None) -> Place:
        wording = self._worded(parcel, pictured=False)
        return place_of(self._say("sendMessage", parcel, answering, text=wording.marked), kind="text")

    def _say(self, method: str, parcel: Parcel, answering: Place | None, **content: Any) -> dict[str, Any]:
        reply = {"message_id": answering.number, "allow_sending_without_reply": True} if answering else None
        message: dict[str, Any] = self._bot.call(
            method,
            chat_id=self.normalise(parcel.destination),
            parse_mode="HTML",
            reply_parameters=reply,
            **content,
        )
        return message

    def _correct(self, parcel: Parcel, standing: list[Place]) -> Receipt:
        newest, *older = standing
        if self._edit(newest, parcel):
            return Receipt(reference=parcel.in_reply_to)
        if not shows_another_photo(newest, parcel):
            return self._post(parcel, answering=newest)
        if self._delete(newest):
            return self._post(replace(parcel, in_reply_to=" ".join(map(str, older))), answering=None)
        return replace(self._post(parcel, answering=newest), todo=to_take_away())

    def _withdraw(self, parcel: Parcel, standing: list[Place]) -> Receipt:
        """Delete what stands; what is too old for that (48 hours) says that it was withdrawn, or is told so."""
        left = [place for place in standing if not self._delete(place)]
        told = [place for place in left if self._edit(place, parcel)]
        if left and not told:
            return self._post(parcel, answering=left[0])
        return Receipt(reference=parcel.in_reply_to)

    def _delete(self, place: Place) -> bool:
        try:
            self._bot.call("deleteMessage", chat_id=place.chat, message_id=place.number)
        except Refused as refusal:
            return "message to delete not found" in refusal.description
        return True

    def _edit(self, place: Place, parcel: Parcel) -> bool:
        if shows_another_photo(place, parcel):
            return self._exchange_photo(place, parcel)
        caption = place.kind == "photo"
        wording = self._worded(parcel, pictured=caption)
        try:
            self._bot.call(
                "editMessageCaption" if caption else "editMessageText",
                chat_id=place.chat,
                message_id=place.number,
                parse_mode="HTML",
                caption=wording.marked if caption else None,
                text=None if caption else wording.marked,
            )
        except Refused as refusal:
            return NOT_MODIFIED in refusal.description
        return True

    def _exchange_photo(self, place: Place, parcel: Parcel) -> bool:
        """Another photo in the place of the one that stands, or the office's seal where there is none that Telegram
        takes. That may be done at any age, nobody is notified again, and links to the message still lead there."""
        own = file_in(parcel.message.picture), self._worded(parcel, pictured=True)
        seal = file_in(SEAL), worded(parcel, limit=self.caption)
        return any(self._put(place, path, wording) for path, wording in (own, seal))

    def _put(self, place: Place, path: Path | None, wording: Wording) -> bool:
        def say(known: str | None, files: Files) -> Any:
            media = {
                "type": "photo",
                "media": known or "attach://photo",
                "caption": wording.marked,
                "parse_mode": "HTML",
            }
            try:
                return self._bot.call(
                    "editMessageMedia", chat_id=place.chat, message_id=place.number, media=media, files=files
                )
            except Refused as refusal:
                if NOT_MODIFIED in refusal.description:
                    return {}
                raise

        return self._with_photo(path, say) is not None

    def _worded(self, parcel: Parcel, *, pictured: bool) -> Wording:
        if pictured:
            return worded(parcel, limit=self.caption, picture=parcel.message.picture)
        return worded(parcel, limit=self.body)


def file_in(picture: Picture | None) -> Path | None:
    return file_of(picture, formats=FORMATS, heaviest=HEAVIEST)


def shows_another_photo(place: Place, parcel: Parcel) -> bool:
    """Whether what stands in ``place`` is not, or may not be, the photo that goes along now."""
    if place.kind != "photo" or parcel.before is None:
        return False
    then, now = parcel.before.picture, parcel.message.picture
    return then is None or now is None or then.url != now.url


def to_take_away() -> str:
    return _(
        "Telegram no dejó cambiar ni borrar un mensaje cuya foto se quitó: bórralo a mano en el canal o el grupo."
    )


def place_of(message: dict[str, Any], *, kind: str) -> Place:
    return Place(chat=str(message["chat"]["id"]), number=int(message["message_id"]), kind=kind)


def arrival_of(update: dict[str, Any]) -> Arrival:
    """What one update asks for; only private chats ask for anything."""
    message, membership = update.get("message", {}), update.get("my_chat_member", {})
    chat = message.get("chat") or membership.get("chat") or {}
    wish = Wish.NOTHING
    if chat.get("type") == "private":
        word = next(words_of(message), "")
        if membership.get("new_chat_member", {}).get("status") == "kicked":
            wish = Wish.BLOCK
        elif word in HELLO:
            wish = Wish.SUBSCRIBE
        elif word in GOODBYE:
            wish = Wish.LEAVE
    name = " ".join(filter(None, (chat.get("first_name"), chat.get("last_name"))))
    seconds = message.get("date") or membership.get("date")
    return Arrival(
        sender=str(chat.get("id", "")),
        name=name,
        wish=wish,
        at=datetime.fromtimestamp(seconds, UTC) if seconds else None,
        cursor=str(update["update_id"] + 1),
    )


def words_of(message: dict[str, Any]) -> Iterator[str]:
    """The words of a message in lower case; a command may carry the bot's name behind an @."""
    return (word.partition("@")[0].lower() for word in str(message.get("text", "")).split())
