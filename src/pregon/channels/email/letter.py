"""One letter for all its receivers: drawn once from the message, filled for each in bytes.

Text and HTML come from the same MJML. Both are quoted-printable, and what differs between receivers (their links)
stands between soft line breaks: a value of any length can take its place without touching the lines around it.
"""

from __future__ import annotations

import binascii
import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from email.header import Header
from email.headerregistry import Address
from email.policy import SMTP
from email.utils import formatdate
from functools import lru_cache
from html import escape
from itertools import groupby

from django.template.loader import render_to_string
from django.utils.html import urlize
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from mjml import mjml2html

from pregon.channels.email.address import bare, domain_of
from pregon.channels.email.colours import Palette
from pregon.channels.fitting import line_of
from pregon.core.text import addresses, plain_from_mjml, shorten
from pregon.delivery.contract import Parcel
from pregon.delivery.enums import MessageKind
from pregon.delivery.errors import Rejected
from pregon.delivery.values import Block, Message

#: Nobody who writes a bulletin can know it, so nothing but our own links is ever taken for a place to fill.
MARK = f"https://{secrets.token_hex(16)}.invalid"
SLOTS = ("confirm_url", "preferences_url", "unsubscribe_url")
SLOT = re.compile(f"{re.escape(MARK)}/({'|'.join(SLOTS)})")
MESSAGE_ID = re.compile(r"<[^<>\s]+@[^<>\s]+>")
#: Mail programs that show the beginning of a longer letter hide its links behind a click (Gmail, 102 kB).
HEAVIEST = 96_000
#: What XML, and so MJML, cannot hold.
UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
LINE_BREAK = re.compile(r"\r\n?|\n")
LONGEST_LINE = 76
BOUNDARY = "=_" + secrets.token_hex(12)  # "=_" stands in no quoted-printable text


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch that is the same for all, already encoded, or the name of what stands there."""

    text: bytes = b""
    slot: str = ""
    markup: bool = False

    def written_for(self, parcel: Parcel) -> bytes:
        if not self.slot:
            return self.text
        value: str = getattr(parcel, self.slot)
        return b"=\r\n" + quoted(escape(value) if self.markup else value) + b"=\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A drawn letter. ``head`` are the headers that all share."""

    subject: str
    text: str
    html: str
    head: bytes
    body: tuple[Piece, ...]

    def read_text(self, parcel: Parcel) -> str:
        return SLOT.sub(lambda slot: str(getattr(parcel, slot[1])), self.text)

    def read_html(self, parcel: Parcel) -> str:
        return SLOT.sub(lambda slot: escape(getattr(parcel, slot[1])), self.html)

    def sealed(self, parcel: Parcel, *, message_id: str) -> bytes:
        """The whole letter for one receiver, as it goes through the wire."""
        own = "".join(own_headers(parcel, message_id=message_id)).encode()
        body = b"".join(piece.written_for(parcel) for piece in self.body)
        return own + self.head + b"\r\n" + body


def asks(parcel: Parcel) -> bool:
    """Whether it asks for the second yes: nothing but that button stands in it."""
    return bool(parcel.confirm_url) and parcel.message.kind == MessageKind.SERVICE


def letter_for(parcel: Parcel, *, sender_address: str, sender_name: str, reply_to: str) -> Drawing:
    """The letter that carries this parcel's message, drawn once for all who get it with the same links."""
    return drawn(
        parcel.message,
        links=tuple(
            slot for slot in SLOTS if getattr(parcel, slot) and (slot != "confirm_url" or asks(parcel))
        ),
        sender_address=sender_address,
        sender_name=sender_name or parcel.message.sender,
        reply_to=reply_to,
    )


@lru_cache(maxsize=32)
def drawn(
    message: Message, *, links: tuple[str, ...], sender_address: str, sender_name: str, reply_to: str
) -> Drawing:
    subject = one_line(message.headline)
    if message.kind == MessageKind.CORRECTION:
        subject = _("Corrección: %(headline)s") % {"headline": subject}
    text, html, body = fitted(message, links)
    return Drawing(
        subject=subject,
        text=text,
        html=html,
        head=shared_headers(
            message,
            subject=subject,
            sender=Address(one_line(sender_name), addr_spec=sender_address),
            reply_to=reply_to,
        ),
        body=body,
    )


def fitted(message: Message, links: tuple[str, ...]) -> tuple[str, str, tuple[Piece, ...]]:
    """Text, HTML and body, with as much of a very long message as one letter should hold."""
    blocks = message.blocks
    while True:
        shorter = replace(message, blocks=blocks)
        mjml = written(shorter, links, shortened=blocks != message.blocks)
        text, html = plain_from_mjml(mjml), to_html(mjml)
        body = tuple(body_of(text, html))
        if not message.url or len(blocks) < 2 or sum(len(piece.text) for piece in body) <= HEAVIEST:
            return text, html, body
        blocks = blocks[: len(blocks) * 3 // 4]


def written(message: Message, links: tuple[str, ...], *, shortened: bool) -> str:
    slots = {slot: f"{MARK}/{slot}" if slot in links else "" for slot in SLOTS}
    mjml = render_to_string(
        "channels/email/message.mjml",
        {
            "message": message,
            "bands": banded(tuple(map(with_links, message.blocks))),
            "shortened": shortened,
            "gist": gist(message),
            "palette": Palette.of(message.brand, message.accent),
            "button": message.action and (message.url or slots["confirm_url"] or slots["preferences_url"]),
            "why": why(message, links),
            "is_withdrawal": message.kind == MessageKind.WITHDRAWAL,
            **slots,
        },
    )
    return UNSEEN.sub("", mjml)


def to_html(mjml: str) -> str:
    try:
        html: str = mjml2html(mjml)
    except ValueError as fault:
        raise Rejected(_("El mensaje no se pudo dibujar como correo: revisa su texto.")) from fault
    return html


def with_links(block: Block) -> Block:
    """A paragraph whose addresses open; the others stand as words."""
    if block.kind == "video":
        block = Block(kind="paragraph", text=line_of(block))
    return replace(block, text=linked(block.text)) if block.kind == "paragraph" else block


def linked(text: str) -> str:
    """HTML in which each address leads where it says, letter by letter: Django's own filter writes it anew."""
    html, at = "", 0
    for start, end in addresses(text):
        address = escape(text[start:end])
        href = address if "://" in address else f"https://{address}"
        html += f'{urlize(text[at:start], autoescape=True)}<a href="{href}">{address}</a>'
        at = end
    return mark_safe(html + urlize(text[at:], autoescape=True))  # noqa: S308 - every part of it is escaped


def banded(blocks: tuple[Block, ...]) -> list[tuple[bool, list[list[Block]]]]:
    """Neighbouring figures make a row of their own; between the rows, neighbouring items make one list."""
    return [
        (figures, [list(band)] if figures else runs_of(band))
        for figures, band in groupby(blocks, key=lambda block: block.kind == "figure")
    ]


def runs_of(blocks: Iterable[Block]) -> list[list[Block]]:
    runs: list[list[Block]] = []
    for block in blocks:
        if block.kind == "item" and runs and runs[-1][0].kind == "item":
            runs[-1].append(block)
        else:
            runs.append([block])
    return runs


def gist(message: Message) -> str:
    """What the list of messages shows beside the subject."""
    first = next((block.text for block in message.blocks if block.kind == "paragraph"), "")
    return shorten(message.notice or message.dek or first, 140)


def why(message: Message, links: tuple[str, ...]) -> str:
    """Why the letter came, as whoever receives it may ask."""
    if "confirm_url" in links:
        return _("Recibes este único mensaje porque alguien escribió esta dirección en nuestra página.")
    if "unsubscribe_url" in links:
        return _("Recibes este mensaje porque te suscribiste a los boletines de %(sender)s.") % {
            "sender": message.sender
        }
    if message.kind == MessageKind.SERVICE:
        return _("Recibes este mensaje porque trabajas en el escritorio de esta oficina.")
    return _("Este buzón recibe los boletines por decisión de la oficina.")


# --- Headers ------------------------------------------------------------------------------------------------


def header(name: str, value: str | Address) -> bytes:
    """One folded header. The policy refuses a line break in a value, encodes what is not ASCII, and quotes names."""
    folded: str = SMTP.fold(*SMTP.header_store_parse(name, value))
    return folded.encode("ascii")


def subject_header(words: str) -> bytes:
    """In encoded words, all of it, where it cannot be folded as it is: the policy loses spaces about long words."""
    if words.isascii() and all(len(word) < LONGEST_LINE - len("Subject: ") for word in words.split()):
        return header("Subject", words)
    encoded = Header(words, "utf-8", header_name="Subject").encode(linesep="\r\n")
    return f"Subject: {encoded}\r\n".encode("ascii")


def one_line(words: str) -> str:
    return "".join(letter for letter in " ".join(words.split()) if letter.isprintable())


def shared_headers(message: Message, *, subject: str, sender: Address, reply_to: str) -> bytes:
    parts = [header("From", sender), subject_header(subject)]
    if reply_to:
        parts.append(header("Reply-To", reply_to))
    if message.kind == MessageKind.SERVICE:
        parts.append(header("Auto-Submitted", "auto-generated"))
    else:
        parts.append(header("List-Id", f"<boletines.{domain_of(sender.addr_spec)}>"))
    parts += [
        b"MIME-Version: 1.0\r\n",
        f'Content-Type: multipart/alternative;\r\n boundary="{BOUNDARY}"\r\n'.encode(),
    ]
    return b"".join(parts)


def own_headers(parcel: Parcel, *, message_id: str) -> Iterator[str]:
    """Headers of one receiver; every value is an address that was checked or one that we made."""
    yield f"To: {bare(parcel.destination)}\r\n"
    yield f"Date: {formatdate(usegmt=True)}\r\n"
    yield f"Message-ID: {message_id}\r\n"
    if parcel.unsubscribe_url and not asks(parcel):
        yield f"List-Unsubscribe: <{parcel.unsubscribe_url}>\r\n"
        yield "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    if MESSAGE_ID.fullmatch(parcel.in_reply_to):
        yield f"In-Reply-To: {parcel.in_reply_to}\r\nReferences: {parcel.in_reply_to}\r\n"


# --- Body ---------------------------------------------------------------------------------------------------


def body_of(text: str, html: str) -> Iterator[Piece]:
    for subtype, content in (("plain", text), ("html", html)):
        start = (
            f"--{BOUNDARY}\r\n"
            f"Content-Type: text/{subtype}; charset=utf-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        )
        yield Piece(text=start.encode())
        for at, part in enumerate(SLOT.split(content)):  # text, slot, text, slot, … text
            yield Piece(slot=part, markup=subtype == "html") if at % 2 else Piece(text=quoted(part))
        yield Piece(text=b"\r\n")
    yield Piece(text=f"--{BOUNDARY}--\r\n".encode())


def quoted(words: str) -> bytes:
    """Quoted-printable, with room left on the last line for the soft break of what follows."""
    encoded = binascii.b2a_qp(LINE_BREAK.sub("\n", words).encode())
    head, newline, last = encoded.rpartition(b"\n")
    if len(last) > LONGEST_LINE - 1:
        cut = LONGEST_LINE - 4
        while b"=" in last[cut - 2 : cut]:
            cut -= 1
        last = last[:cut] + b"=\n" + last[cut:]
    return (head + newline + last).replace(b"\n", b"\r\n")
