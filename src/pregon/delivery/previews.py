"""A message as its receiver sees it on one channel, before or after it goes out, and what it costs there.

A channel says it in words, with what no words show in brackets on a line of its own: here the pictures among these
become pictures again, a video a drawn frame, and the rest small print.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import quote

from django.conf import settings
from django.utils.html import escape, linebreaks, urlize
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from wagtail.whitelist import Whitelister

from pregon.core.text import shorten
from pregon.delivery.contract import Manner, Parcel, Preview, Price
from pregon.delivery.errors import BodyErased, DeliveryError
from pregon.delivery.models import ChannelAccount, Dispatch
from pregon.delivery.registry import channel_class, label_of, rehearse
from pregon.delivery.values import Message, Picture, Video

#: "[Foto: a grove]" and its like, alone on a line, in the words of a preview and in its HTML.
ASIDE = re.compile(r"^\[([^\[\]]+)\]$")
IN_HTML = re.compile(r"\[[^\[\]<>]+\](?=\s*(?:<br\s*/?>|</p>|$))(?:\s*<br\s*/?>)*")
DRAWN = re.compile(r"<img\b[^>]*>")
#: Pictures that are drawn side by side; of more, the last says how many.
ABREAST = 4
#: What is left where a drawn picture stood.
TRAILING = re.compile(r"(?:\s*<br\s*/?>)+\s*$")
HOLLOW = re.compile(r"<p>\s*(?:<a\b[^>]*>\s*</a>\s*)?</p>\s*")


#: How much of a description stands in the frame of a picture to come.
FRAMED = 60
FRAME = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 552 310" width="552" height="310">'
    '<rect x="1" y="1" width="550" height="308" rx="10" fill="#e6e6e0" stroke="#56605a" stroke-dasharray="6 5"/>'
    '<foreignObject x="24" y="24" width="504" height="262"><p xmlns="http://www.w3.org/1999/xhtml" '
    'style="display:flex;align-items:center;justify-content:center;height:262px;margin:0;text-align:center;'
    'font:600 25px/1.4 system-ui,sans-serif;color:#1d2320">%(said)s</p></foreignObject></svg>'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the desk draws."""

    kind: str
    preview: Preview | None = None
    pictures: tuple[Picture, ...] = ()
    video: Video | None = None
    price: Price | None = None
    #: Why it cannot be shown, or could not go out.
    problem: str = ""

    @property
    def label(self) -> str:
        return label_of(self.kind)

    @property
    def manner(self) -> Manner:
        return channel_class(self.kind).manner

    @property
    def is_page(self) -> bool:
        """A whole page of its own, to be looked at through a frame."""
        return self.preview is not None and "<html" in self.preview.html.lower()

    @property
    def asides(self) -> list[str]:
        lines = self.preview.text.splitlines() if self.preview else []
        return [found[1] for line in lines if (found := ASIDE.match(line.strip()))]

    @property
    def notes(self) -> list[str]:
        """The small print: what is neither words, picture nor video."""
        return [aside for aside in self.asides if not aside.startswith((_("Foto"), _("Video")))]

    @property
    def shown_video(self) -> Video | None:
        """The message's video, where the channel takes it along."""
        return self.video if any(aside.startswith(_("Video")) for aside in self.asides) else None

    @property
    def shown_pictures(self) -> tuple[Picture, ...]:
        """Those of the message's pictures that the channel takes along."""
        if self.preview is None or self.is_page:
            return ()
        taken = len([aside for aside in self.asides if aside.startswith(_("Foto"))])
        return self.pictures[: taken or len(DRAWN.findall(self.preview.html))]

    @property
    def album(self) -> list[tuple[Picture, bool]]:
        """The same, each with whether it is public already: those of a draft are not."""
        return [(picture, is_public(picture)) for picture in self.shown_pictures]

    @property
    def beyond(self) -> int:
        """How many pictures stand behind the last that is drawn."""
        return max(0, len(self.shown_pictures) - ABREAST)

    @property
    def words(self) -> str:
        """What is read there, without the asides."""
        lines = self.preview.text.splitlines() if self.preview else []
        return "\n".join(line for line in lines if not ASIDE.match(line.strip())).strip()

    @property
    def folded(self) -> bool:
        """Whether the end of it is only read by those who ask for it."""
        fold = channel_class(self.kind).limits.fold
        return fold is not None and len(self.words) > fold

    @property
    def body(self) -> SafeString:
        """The words with the channel's own marks, cleaned of whatever could act."""
        if self.preview is None:
            return SafeString()
        if not self.preview.html:
            return mark_safe(linebreaks(urlize(self.words, autoescape=True)))  # noqa: S308 - escaped right here
        words = TRAILING.sub("", HOLLOW.sub("", IN_HTML.sub("", DRAWN.sub("", self.preview.html))))
        return SafeString(Whitelister().clean(words if "<a" in words else urlize(words)))


def is_public(shown: Picture | Video) -> bool:
    kept_elsewhere = isinstance(shown, Video) and not shown.path
    return kept_elsewhere or (settings.HOME.baked / shown.path).is_file()


def as_it_stands(message: Message) -> Message:
    """Without the pictures and the video that the public cannot fetch yet."""
    album = tuple(picture for picture in message.album if is_public(picture))
    video = message.video if message.video and is_public(message.video) else None
    return replace(message.with_pictures(album), video=video)


def with_its_place(message: Message) -> Message:
    """As a letter shows it on the desk: with a drawn frame where a picture comes that is not public yet."""
    album = (
        picture if is_public(picture) else replace(picture, url=frame_of(picture))
        for picture in message.album
    )
    return replace(message.with_pictures(tuple(album)), video=as_it_stands(message).video)


def frame_of(picture: Picture) -> str:
    """An address that holds its own drawing: a grey field with the words that any other channel puts there."""
    said = escape(_("Aquí va la foto: %(alt)s") % {"alt": shorten(picture.alt, FRAMED)})
    drawing = FRAME % {"said": said}
    return f"data:image/svg+xml,{quote(drawing)}"


def sample_parcel(message: Message) -> Parcel:
    """For nobody, with sample links: nobody's own links are shown to the desk."""
    sample = f"{settings.BASE_URL}/suscripcion/muestra/"
    return Parcel(
        key="0-0",
        destination=_("persona@ejemplo.mx"),
        message=message,
        preferences_url=sample,
        unsubscribe_url=f"{sample}baja/",
        confirm_url=sample,
    )


def seen_on(kind: str, message: Message) -> Seen:
    """The message on that channel. Raises ``UnknownChannel``; any other trouble is part of what is seen."""
    mark = channel_class(kind).mark
    account = ChannelAccount.objects.filter(kind=kind).first() or ChannelAccount(kind=kind)
    parcel = sample_parcel(message.marked(mark, site=settings.BASE_URL))
    try:
        channel = rehearse(kind, account.options)
        preview, price = channel.preview(parcel), channel.price(parcel)
    except DeliveryError as refusal:
        return Seen(kind=kind, problem=str(refusal))
    return Seen(kind=kind, preview=preview, pictures=message.album, video=message.video, price=price)


def seen_of(dispatch: Dispatch, kind: str) -> Seen:
    """What went out with ``dispatch``, as long as its text is kept. Raises ``UnknownChannel``."""
    if dispatch.emptied_at:
        return Seen(kind=channel_class(kind).kind, problem=str(BodyErased()))
    return seen_on(kind, dispatch.message)
