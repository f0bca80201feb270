"""Lays out what a person pastes into the office's WhatsApp channel: WhatsApp has no API for its channels.

The text is whole as it stands: one tap copies it. The photo goes beside it, to be attached; its description is in the
text, for a channel has no field for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pregon.channels.fitting import STARRED, as_read, fitted
from pregon.channels.photos import described
from pregon.delivery.contract import Channel, Limits, Options, Parcel, Preview, Receipt
from pregon.delivery.errors import Rejected
from pregon.delivery.values import Message, Picture

ADDRESS = re.compile(r"(?:https?://)?(?:www\.)?whatsapp\.com/channel/([A-Za-z0-9]{10,40})/?(?:\?\S*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHandOptions(Options):
    """Nothing to set up: a person holds the key, on the phone."""


class ByHandChannel(Channel[ByHandOptions]):
    """The office's public channel in WhatsApp."""

    kind = "whatsapp_channel"
    label = "Canal de WhatsApp"
    address_help = gettext_lazy("El enlace del canal, que empieza con whatsapp.com/channel/.")
    options_class = ByHandOptions
    # WhatsApp documents no limit for channels: those of a chat hold there too.
    limits = Limits(body=4096, caption=1024, fold=768, by_hand=True)
    body, caption = 4096, 1024

    def normalise(self, destination: str) -> str:
        if address := ADDRESS.fullmatch(destination.strip()):
            return f"https://whatsapp.com/channel/{address[1]}"
        raise Rejected(
            _(
                "«%(given)s» no es un canal de WhatsApp: copia su enlace, que empieza con whatsapp.com/channel/."
            )
            % {"given": destination.strip()[:80]}
        )

    def preview(self, parcel: Parcel) -> Preview:
        message = parcel.message
        text = pasted(message, limit=self.caption if message.picture else self.body)
        return Preview(subject=message.headline, text=text, html=framed(text, message.picture))

    def send(self, parcel: Parcel) -> Receipt:
        raise Rejected(
            _(
                "WhatsApp no deja publicar en sus canales desde un programa: copia el texto y pégalo en el canal."
            )
        )


def pasted(message: Message, *, limit: int) -> str:
    """The message with WhatsApp's marks: what a person copies."""
    photo = described(message.picture) if message.picture else ""
    return fitted(message, "\n".join(filter(None, (photo, message.url))), limit=limit, marks=STARRED)


def framed(text: str, picture: Picture | None) -> str:
    """The text with its photo above, to be taken from there."""
    words = f"<p>{as_read(text)}</p>"
    if picture is None:
        return words
    url = escape(picture.url)
    return f'<p><a href="{url}" download><img src="{url}" alt="{escape(picture.alt)}"></a></p>\n{words}'
