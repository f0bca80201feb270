"""A message as the HTML of a note: paragraphs, one link and a hashtag, which every server of the fediverse shows.

No server says how much it takes; what is longer than this folds on the screen, and the bulletin is one tap away.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from html import escape, unescape

from django.utils.translation import gettext as _

from pregon.channels.fitting import GAP, Marks, fitted, units
from pregon.delivery.contract import Parcel
from pregon.delivery.enums import MessageKind
from pregon.delivery.values import Message

LIMIT = 3000
TAG = re.compile(r"<[^>]*>")
WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What a note says: its HTML, and the hashtag in it, without its sign."""

    html: str
    hashtag: str = ""

    @property
    def text(self) -> str:
        return seen(self.html)


def worded(message: Message, foot: str = "") -> Wording:
    """The message, and ``foot`` below it. The headline and the link always fit; the text gives way."""
    hashtag = hashtag_of(message)
    tagged = paragraph(f'<a href="{escape(message.url)}" rel="tag" class="mention hashtag">#{hashtag}</a>')
    feet = [anchored(message.url, message.action or _("Leer en el sitio")), tagged if hashtag else "", foot]
    marked = fitted(
        message,
        GAP.join(filter(None, feet)),
        limit=LIMIT,
        measure=lambda html: units(seen(html)),
        marks=MARKS,
    )
    return Wording(html=marked.replace(f"</p>{GAP}<p>", "</p><p>"), hashtag=hashtag)


def worded_for_one(parcel: Parcel) -> Wording:
    """What only its receiver reads, with the links of their own subscription."""
    message, own = parcel.message, parcel.confirm_url or parcel.preferences_url
    return worded(message, anchored(own, message.action) if message.action and not message.url else "")


def hashtag_of(message: Message) -> str:
    """The topic, which stands first above a headline, as one word: «Obra pública» is #ObraPública."""
    if message.kind == MessageKind.SERVICE or not message.url or " · " not in message.kicker:
        return ""
    words = WORD.findall(unicodedata.normalize("NFC", message.kicker.partition(" · ")[0]))
    tag = "".join(word[:1].upper() + word[1:] for word in words)
    return "" if tag.isdecimal() else tag


def anchored(url: str, label: str) -> str:
    return paragraph(f'<a href="{escape(url)}">{escape(label, quote=False)}</a>') if url else ""


def paragraph(html: str) -> str:
    return f"<p>{html}</p>"


def paragraphs(text: str) -> str:
    """Plain words, a paragraph for each of theirs."""
    return GAP.join(
        paragraph(escape(part, quote=False).replace("\n", "<br>")) for part in text.strip().split(GAP)
    )


def strong(text: str) -> str:
    return paragraph(f"<strong>{escape(text, quote=False)}</strong>")


def emphatic(text: str) -> str:
    return paragraph(f"<em>{escape(text, quote=False)}</em>")


def seen(html: str) -> str:
    return unescape(TAG.sub("", html.replace("</p><p>", GAP).replace("<br>", "\n")))


MARKS = Marks(heading=strong, dek=emphatic, text=paragraphs)
