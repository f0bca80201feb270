"""The texts that Meta approves once, and what fills their blanks.

Outside the 24 hours after somebody wrote to us only an approved template may be sent. The office registers these
texts in its account word for word (the README of this channel shows them), so that what is previewed is what arrives.
They are no words of the interface: a translation that was not approved could not be sent.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from pregon.channels.fitting import fit, line_of, one_line, units
from pregon.core.text import has_address
from pregon.delivery.contract import Parcel
from pregon.delivery.enums import MessageKind
from pregon.delivery.errors import Rejected

#: The whole body with its blanks filled, as documented.
BODY = 1024
HEADLINE = 200
ALT = 200
FOOTER = "Para dejar de recibir estos avisos, responde BAJA."
#: Leads to the front page as nothing would: Meta refuses a button whose blank is empty.
FRONT_PAGE = "?inicio"
BLANK = re.compile(r"\{\{([0-9]+)\}\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A template's body with two blanks, and the words on its button; "" where it has none."""

    body: str
    button: str = ""

    @property
    def room(self) -> int:
        """What is left for the blanks."""
        return BODY - units(BLANK.sub("", self.body))

    def filled(self, blanks: Sequence[str]) -> str:
        return BLANK.sub(lambda blank: blanks[int(blank[1]) - 1], self.body)


TEXTS = {
    MessageKind.ALERT: Text(
        body="Aviso de Protección Civil: *{{1}}*\n\n{{2}}\n\n" + FOOTER, button="Ver la alerta"
    ),
    MessageKind.NEWS: Text(
        body="Boletín de Comunicación Social: *{{1}}*\n\n{{2}}\n\n" + FOOTER, button="Leer en el sitio"
    ),
    MessageKind.CORRECTION: Text(
        body="Corregimos un boletín que te enviamos: *{{1}}*\n\n{{2}}\n\n" + FOOTER,
        button="Leer la corrección",
    ),
    MessageKind.WITHDRAWAL: Text(
        body="Aviso de Comunicación Social: *{{1}}*\n\n{{2}}\n\nTe pedimos no compartirlo. " + FOOTER
    ),
    MessageKind.SERVICE: Text(
        body="Sobre tu suscripción a los boletines: *{{1}}*\n\n{{2}}\n\n"
        "Si no fuiste tú, no hagas caso de este mensaje.",
        button="Continuar",
    ),
}


def blanks_of(parcel: Parcel, *, pictured: bool) -> tuple[str, str]:
    """What fills the two blanks: one line each, as WhatsApp asks, and together no longer than the text leaves."""
    message, text = parcel.message, TEXTS[MessageKind(parcel.message.kind)]
    head = fit(unstarred(one_line(message.headline)), HEADLINE)
    alt = f" En la foto: {fit(one_line(message.picture.alt), ALT)}" if pictured and message.picture else ""
    opening = [line_of(message.blocks[0])] if message.blocks else []
    said = one_line(" ".join([message.notice, message.dek, *opening])) or one_line(message.sender) or head
    return head, fit(said, text.room - units(head) - units(alt)) + alt


def filled(parcel: Parcel, *, pictured: bool) -> str:
    """The template as it is read, with its button below."""
    text = TEXTS[MessageKind(parcel.message.kind)]
    said = text.filled(blanks_of(parcel, pictured=pictured))
    return f"{said}\n\n[{text.button}] {link_of(parcel)}" if text.button else said


def components_of(parcel: Parcel, *, media: str) -> list[dict[str, Any]]:
    """The blanks in the shape of the API. ``media`` is the photo's number at WhatsApp, or ""."""
    blanks = [{"type": "text", "text": blank} for blank in blanks_of(parcel, pictured=bool(media))]
    components: list[dict[str, Any]] = [{"type": "body", "parameters": blanks}]
    if media:
        components.insert(0, {"type": "header", "parameters": [{"type": "image", "image": {"id": media}}]})
    if TEXTS[MessageKind(parcel.message.kind)].button:
        suffix = {"type": "text", "text": suffix_of(link_of(parcel))}
        components.append({"type": "button", "sub_type": "url", "index": "0", "parameters": [suffix]})
    return components


def link_of(parcel: Parcel) -> str:
    """Where the button leads. Raises ``Rejected`` when the message has nowhere to lead to."""
    link = parcel.message.url or parcel.confirm_url
    if not link and parcel.message.kind == MessageKind.SERVICE:
        link = parcel.preferences_url
    if not link:
        raise Rejected(
            _("El mensaje no lleva enlace y la plantilla de WhatsApp pide uno: envíalo por otro canal.")
        )
    return link


def unstarred(words: str) -> str:
    """The words without stars around them, for they stand between those of the template."""
    bare = [word if has_address(word) else word.strip("*") for word in words.split(" ")]
    return " ".join(filter(None, bare))


def suffix_of(url: str) -> str:
    """What follows the site's own address, which stands fixed in the template: «https://sitio/{{1}}»."""
    split = urlsplit(url)
    return url.removeprefix(f"{split.scheme}://{split.netloc}").removeprefix("/") or FRONT_PAGE


def fault_in(components: Sequence[dict[str, Any]], text: Text, *, pictured: bool) -> str:
    """What keeps a template of the account from carrying ``text``, in a sentence; "" when nothing does."""
    parts = {str(part.get("type", "")).upper(): part for part in components}
    body = str(parts.get("BODY", {}).get("text", ""))
    if sorted(set(BLANK.findall(body))) != ["1", "2"]:
        return _("Su texto debe llevar {{1}} y {{2}}.")
    if units(BLANK.sub("", body)) > BODY - text.room:
        return _("Su texto es más largo que el del canal.")
    if (str(parts.get("HEADER", {}).get("format", "")).upper() == "IMAGE") != pictured:
        return _("Debe llevar foto de encabezado.") if pictured else _("No debe llevar foto de encabezado.")
    buttons = parts.get("BUTTONS", {}).get("buttons", [])
    leading = [button for button in buttons if BLANK.search(str(button.get("url", "")))]
    if bool(leading) != bool(text.button):
        return (
            _("Debe llevar un botón con enlace que termine en {{1}}.")
            if text.button
            else _("No debe llevar botón.")
        )
    return ""
