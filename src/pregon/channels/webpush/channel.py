"""Notices that a reader's browser shows by itself; a correction takes the place of the notice before it.

A reference is "topic location": the topic under which the notice stands at the push service and on the screen, and the
address that the push service gave to the message.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from html import escape
from typing import Any, ClassVar, NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pregon.channels.webpush import vapid
from pregon.channels.webpush.address import Browser, bad_key, unpadded
from pregon.channels.webpush.encryption import encrypt
from pregon.channels.webpush.service import is_of_browsers, named
from pregon.channels.webpush.wording import Notification, Words, notification, words_of
from pregon.core.http import Http, OutboundError, Unreachable
from pregon.core.http_pool import Post, Reply, post_all
from pregon.delivery.contract import (
    Alone,
    Answer,
    Batch,
    Channel,
    HttpOptions,
    Limits,
    Manner,
    Parcel,
    Preview,
    Receipt,
    option,
    stops_all,
)
from pregon.delivery.enums import MessageKind
from pregon.delivery.errors import DeliveryError, Misconfigured, Postponed, Rejected, Unanswered
from pregon.delivery.values import Message

TOPIC = re.compile(r"[\w-]{32}", re.ASCII)
PATIENCE = timedelta(seconds=10)
SOON = timedelta(minutes=1)
#: Seconds that a push service keeps a notice for a browser that is off. News grows old, but who has seen the first
#: notice shall see that it was corrected, and four weeks is the longest that every service keeps anything.
FRESH, LASTING = "172800", "2419200"
#: Messages a minute to one push service; one that no browser is known by may be anybody's machine.
PACE, PACE_OF_STRANGERS = 60_000, 600
LARGEST_ANSWER = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class WebPushOptions(HttpOptions):
    """The key that browsers and push services know the office by."""

    secret: ClassVar[frozenset[str]] = frozenset({"private_key"})

    private_key: str = option(
        gettext_lazy("Clave privada"),
        gettext_lazy(
            "Se crea sola al guardar. Escribe una (VAPID, en base64url) solo si traes suscriptores de otro "
            "sistema: quien se suscribió con otra clave deja de recibir."
        ),
        seldom=True,
    )
    contact: str = option(
        gettext_lazy("Contacto para los servicios de avisos"),
        gettext_lazy(
            "Un correo de la oficina, para que nos escriban si algo falla. Sin él se da la dirección del sitio."
        ),
        default="",
        seldom=True,
    )

    def __post_init__(self) -> None:
        try:
            if self.private_key:
                vapid.key_in(self.private_key)
        except ValueError as bad:
            raise Misconfigured(
                _("La clave privada no es una clave VAPID: déjala vacía y se creará una.")
            ) from bad

    @classmethod
    def prepared(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        return {**values, "private_key": values.get("private_key") or vapid.draw()}

    @property
    def subject(self) -> str:
        """Who answers for the messages, as the signature names it."""
        return f"mailto:{self.contact}" if "@" in self.contact else self.contact or settings.BASE_URL


@dataclass(frozen=True, slots=True, kw_only=True)
class Push(Post):
    """One message, ready to leave. One that shall not leave has its answer already, and no address."""

    parcel: Parcel
    origin: str = ""
    topic: str = ""
    verdict: Rejected | Postponed | None = None
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""

    @property
    def host(self) -> str:
        return self.origin.partition("://")[2]


class Said(NamedTuple):
    """A message with what all its receivers share."""

    message: Message
    words: Words
    topic: str


class WebPushChannel(Channel[WebPushOptions]):
    """The browsers of readers who pressed the button."""

    kind = "webpush"
    label = "Avisos del navegador"
    mark = "aviso"
    manner = Manner.NOTICE
    options_class = WebPushOptions
    # The second message of a topic replaces the first only while that waits: to ask again might show it again.
    limits = Limits(batch=500)

    def __init__(self, options: WebPushOptions, http: Http) -> None:
        super().__init__(options, http)
        self._said: Said | None = None

    # --- Contract ---

    def normalise(self, destination: str) -> str:
        browser = Browser.at(destination).check()
        if browser.origin.startswith("http:") and not self.options.allow_private:
            raise Rejected(_("La dirección de un navegador empieza con https://."))
        return str(browser)

    def public_key(self) -> str:
        return vapid.public_half(self.options.private_key) if self.options.private_key else ""

    def preview(self, parcel: Parcel) -> Preview:
        shown = self.notice(parcel)
        return Preview(
            subject=shown.title,
            text=f"{shown.title}\n\n{shown.body}\n",
            html=f"<b>{escape(shown.title)}</b><br>{escape(shown.body)}".replace("\n", "<br>"),
        )

    def send(self, parcel: Parcel) -> Receipt:
        alone = Alone(parcel)
        self.send_batch(alone)
        return alone.receipt()

    def send_batch(self, batch: Batch) -> None:
        """Over many connections at once. A push service that asks to wait, or a stranger's that leaves us waiting, is
        left alone for the rest of the batch."""
        resting: dict[str, Postponed] = {}
        trouble: list[DeliveryError] = []

        def more(room: int) -> Iterator[Push]:
            for parcel in () if trouble else batch.take(room):
                yield self.push(parcel, resting=resting)

        for push, outcome in post_all(self.http, more, timeout=PATIENCE, max_bytes=LARGEST_ANSWER):
            answer = answered(push, outcome)
            if not isinstance(answer, Receipt) and stops_all(answer):
                trouble.append(answer)
                continue
            if push.verdict is None and (rest := rest_after(answer, host=push.host)):
                resting[push.origin] = rest
            batch.answer(push.parcel, answer)
        if trouble:
            raise trouble[0]

    def pace(self, destination: str) -> tuple[str, int]:
        host = Browser.at(destination).host
        return host, PACE if is_of_browsers(host) else PACE_OF_STRANGERS

    # --- One message ---

    def push(self, parcel: Parcel, *, resting: Mapping[str, Postponed]) -> Push:
        """The message as it leaves; its answer instead when it cannot, or when its push service is resting."""
        try:
            browser = Browser.at(parcel.destination)
            if rest := resting.get(browser.origin):
                return Push(parcel=parcel, verdict=rest)
            shown = self.notice(parcel)
            body = encrypt(shown.packed, receiver=browser.key, secret=browser.secret)
        except Rejected as verdict:
            return Push(parcel=parcel, verdict=verdict)
        except ValueError:
            return Push(parcel=parcel, verdict=bad_key())
        follows = parcel.message.kind in {MessageKind.CORRECTION, MessageKind.WITHDRAWAL}
        headers = {
            "Authorization": vapid.authorization(
                self.options.private_key, origin=browser.origin, contact=self.options.subject
            ),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": LASTING if follows else FRESH,
            "Topic": shown.tag,
            "Urgency": "high" if parcel.urgent else "normal",
        }
        return Push(
            parcel=parcel,
            origin=browser.origin,
            topic=shown.tag,
            url=browser.endpoint,
            headers=headers,
            content=body,
        )

    def notice(self, parcel: Parcel) -> Notification:
        said = self._said
        if said is None or said.message is not parcel.message:  # a batch says the same to many
            message = parcel.message
            said = self._said = Said(message, words_of(message), self._topic(message.url))
        earlier = parcel.in_reply_to.partition(" ")[0]
        if TOPIC.fullmatch(earlier):
            return notification(parcel, said.words, tag=earlier)
        return notification(
            parcel, said.words, tag=said.topic if said.message.url else self._topic(parcel.key)
        )

    def _topic(self, about: str) -> str:
        """The same for all that is said about one thing, and telling a push service nothing of it."""
        return unpadded(hmac.digest(self.options.private_key.encode(), about.encode(), "sha256"))[:32]


def answered(push: Push, outcome: Reply | OutboundError) -> Answer:
    """What came of one message."""
    if push.verdict:
        return push.verdict
    match outcome:
        case Reply():
            try:
                return named(outcome, host=push.host, topic=push.topic)
            except DeliveryError as problem:
                return problem
        case Unreachable(arrived=True):
            return Unanswered(
                _("El servicio de avisos no contestó: no se sabe si el navegador recibirá el aviso.")
            )
        case Unreachable():
            return Postponed(str(outcome), wait=SOON)
        case _:
            return Rejected(str(outcome))


def rest_after(answer: Answer, *, host: str) -> Postponed | None:
    """What all behind it at the same push service are answered; ``None`` when they may go on."""
    if isinstance(answer, Unanswered) and not is_of_browsers(host):
        return Postponed(str(answer), wait=SOON)
    return answer if isinstance(answer, Postponed) else None
