"""Posts every bulletin as signed JSON, as the Standard Webhooks specification asks."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import urlsplit, urlunsplit

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pregon.core.http import OutboundError, Unreachable, waiting
from pregon.delivery.contract import Channel, HttpOptions, Limits, Manner, Parcel, Preview, Receipt, option
from pregon.delivery.enums import MessageKind
from pregon.delivery.errors import DestinationGone, Misconfigured, Postponed, Rejected
from pregon.delivery.values import Message

PREFIX = "whsec_"
PATIENCE = timedelta(seconds=15)
LARGEST_ANSWER = 1024 * 1024
TYPES = {
    MessageKind.NEWS: "bulletin.published",
    MessageKind.CORRECTION: "bulletin.corrected",
    MessageKind.WITHDRAWAL: "bulletin.withdrawn",
    MessageKind.SERVICE: "subscription.notice",
    MessageKind.ALERT: "alert.issued",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookOptions(HttpOptions):
    """The secret that receivers know the office by."""

    secret: ClassVar[frozenset[str]] = frozenset({"signing_secret"})

    signing_secret: str = option(
        gettext_lazy("Secreto para firmar"),
        gettext_lazy(
            "Empieza con whsec_ y lo conocen la oficina y quien recibe: así sabe que el aviso es nuestro. "
            "Se guarda cifrado y no se vuelve a mostrar."
        ),
    )

    def __post_init__(self) -> None:
        if self.signing_secret and len(key_in(self.signing_secret)) < 24:
            raise Misconfigured(
                _("El secreto de firma debe empezar con whsec_ y llevar al menos 24 bytes en base64.")
            )


class WebhookChannel(Channel[WebhookOptions]):
    """A program of somebody else, at an https address."""

    kind = "webhook"
    label = "Webhook"
    manner = Manner.DATA
    address_help = gettext_lazy("La dirección completa a la que se avisa.")
    options_class = WebhookOptions
    limits = Limits(idempotent=True, at_once=8)

    def normalise(self, destination: str) -> str:
        try:
            url = urlsplit(destination.strip())
            host, port = url.hostname, url.port
        except ValueError:
            host, port, url = None, None, urlsplit("")
        schemes = {"https", "http"} if self.options.allow_private else {"https"}
        if url.scheme.lower() not in schemes or not host or url.username is not None:
            raise Rejected(
                _("La dirección de un webhook empieza con https:// y no lleva usuario ni contraseña.")
            )
        name = f"[{host}]" if ":" in host else host
        place = f"{name}:{port}" if port else name
        return urlunsplit((url.scheme.lower(), place, url.path or "/", url.query, ""))

    def preview(self, parcel: Parcel) -> Preview:
        body = json.dumps(payload(parcel, at=datetime.now(UTC)), ensure_ascii=False, indent=2) + "\n"
        return Preview(subject=parcel.message.headline, text=body, raw=body.encode(), suffix=".json")

    def send(self, parcel: Parcel) -> Receipt:
        url, now = self.normalise(parcel.destination), int(time.time())
        content = payload(parcel, at=datetime.fromtimestamp(now, UTC))
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {
            "Content-Type": "application/json",
            "webhook-id": parcel.key,
            "webhook-timestamp": str(now),
            "webhook-signature": signature(self.options.signing_secret, parcel.key, now, body),
        }
        try:
            answer = self.http.post(
                url, content=body, headers=headers, timeout=PATIENCE, max_bytes=LARGEST_ANSWER
            )
        except Unreachable as silence:
            raise Postponed(str(silence), wait=timedelta(minutes=1)) from silence
        except OutboundError as refusal:
            raise Rejected(str(refusal)) from refusal
        match answer.status_code:
            case status if 200 <= status < 300:
                return Receipt(reference=parcel.key)
            case 410:
                raise DestinationGone(_("El receptor contestó que ya no quiere recibir (410)."))
            case 429 | 408:
                raise Postponed(
                    _("El receptor pidió ir más despacio."),
                    wait=waiting(answer.headers.get("retry-after", ""), otherwise=timedelta(minutes=5)),
                )
            case status if status >= 500:
                raise Postponed(
                    _("El receptor tiene problemas (%(status)s).") % {"status": status},
                    wait=waiting(answer.headers.get("retry-after", ""), otherwise=timedelta(minutes=1)),
                )
            case status:
                raise Rejected(_("El receptor no lo aceptó (%(status)s).") % {"status": status})


def payload(parcel: Parcel, *, at: datetime) -> dict[str, Any]:
    """What receivers read; its fields are promised in this channel's README."""
    message = parcel.message
    return {
        "id": parcel.key,
        "type": TYPES[MessageKind(message.kind)],
        "timestamp": at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "data": {
            "headline": message.headline,
            "url": message.url,
            "kicker": message.kicker,
            "dek": message.dek,
            "dateline": message.dateline,
            "notice": message.notice,
            "text": text_of(message),
            "blocks": [asdict(block) for block in message.blocks],
            "picture": pictured(message),
            "sender": message.sender,
            "contact": message.contact,
            "in_reply_to": parcel.in_reply_to,
        },
    }


def text_of(message: Message) -> str:
    return "\n\n".join(f"{block.text} {block.label}".strip() for block in message.blocks)


def pictured(message: Message) -> dict[str, Any] | None:
    """The picture as the public sees it; where its file lies is nobody's business."""
    picture = message.picture
    if picture is None:
        return None
    return {name: getattr(picture, name) for name in ("url", "alt", "caption", "width", "height")}


def signature(secret: str, key: str, timestamp: int, body: bytes) -> str:
    signed = hmac.new(key_in(secret), f"{key}.{timestamp}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(signed.digest()).decode("ascii")


def key_in(secret: str) -> bytes:
    if not secret.startswith(PREFIX):
        return b""
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        return b""
