"""Turns a bulletin, or a page beside them, into the message that the delivery engine sends: the engine knows nothing of
bulletins."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pregon.accounts.models import Office
from pregon.core.files import safe_name
from pregon.core.visibility import visible
from pregon.delivery.enums import MessageKind
from pregon.delivery.registry import chronicle
from pregon.delivery.values import Audience, Block, Item, Message, Picture, Video
from pregon.library.models import Photo
from pregon.library.values import SHARED
from pregon.newsroom.models import Bulletin, Campaign, Episode, Piece, Service
from pregon.newsroom.models import Video as VideoPage
from pregon.newsroom.models.public import PublicPage
from pregon.newsroom.queries import kind_words, photo_ids_in_body, photos_of

#: No network takes more photos in one post.
ALBUM = 10


def body_of(page: Bulletin | Piece) -> Iterator[Block]:
    """The body, block by block, in plain words. What goes along on its own has no words here."""
    along = video_of(page)
    yield Block(kind="paragraph", text=page.summary if isinstance(page, Piece) else page.lead)
    for block in page.body:
        match block.block_type:
            case "heading":
                yield Block(kind="heading", text=str(block.value))
            case "paragraph":
                yield Block(kind="paragraph", text=unescape(strip_tags(block.value.source)).strip())
            case "quote":
                said_by = ", ".join(part for part in (block.value["person"], block.value["office"]) if part)
                yield Block(kind="quote", text=block.value["text"], label=said_by)
            case "figures":
                for figure in block.value["items"]:
                    yield Block(kind="figure", text=figure["value"], label=figure["label"])
            case "items":
                for item in block.value["items"]:
                    yield Block(kind="item", text=item)
            case "video" if block.value["url"] and not (along and along == video_in(block.value)):
                yield Block(kind="video", text=block.value["title"], label=block.value["url"])
            case _other:
                continue


def message_about(bulletin: Bulletin, kind: MessageKind, *, notice: str = "") -> Message:
    """What to say about ``bulletin``; a withdrawal repeats nothing of its text."""
    office = Office.load()
    topic = bulletin.topics.first()
    kicker = " · ".join(
        part
        for part in (
            topic.name if topic else "",
            _("Boletín %(folio)s") % {"folio": bulletin.folio} if bulletin.folio else "",
        )
        if part
    )
    gone = kind == MessageKind.WITHDRAWAL
    album = () if gone else album_of(bulletin)
    return Message(
        kind=kind,
        kicker=kicker,
        headline=_("Se retira el boletín %(folio)s") % {"folio": bulletin.folio} if gone else bulletin.title,
        dek="" if gone else bulletin.second_headline,
        dateline="" if gone else dateline_of(bulletin, office),
        notice=notice,
        blocks=() if gone else tuple(body_of(bulletin)),
        picture=album[0] if album else None,
        pictures=album if len(album) > 1 else (),
        video=None if gone else video_of(bulletin),
        url="" if gone else settings.BASE_URL + bulletin.get_absolute_url(),
        action="" if gone else _("Leer en el sitio"),
        sender=f"{office.name} · {office.municipality}",
        sender_detail=" · ".join(part for part in (office.address, office.telephones) if part),
        brand=office.brand,
        accent=office.accent,
        contact=bulletin.contact or office.email,
    )


def message_of(piece: Piece) -> Message:
    """What to say of a page that is new; of a service, what changes."""
    office = Office.load()
    topic = piece.topics.first()
    album = album_of(piece)
    told = isinstance(piece, Service)
    return Message(
        kind=MessageKind.NEWS,
        kicker=" · ".join(filter(None, (topic.name if topic else "", kind_words(piece)))),
        headline=piece.title,
        blocks=(Block(kind="paragraph", text=piece.change),) if told else tuple(body_of(piece)),
        picture=album[0] if album else None,
        pictures=album if len(album) > 1 else (),
        video=video_of(piece),
        url=settings.BASE_URL + piece.get_absolute_url(),
        action=str(ACTIONS.get(type(piece), _("Ver en el sitio"))),
        sender=f"{office.name} · {office.municipality}",
        sender_detail=" · ".join(part for part in (office.address, office.telephones) if part),
        brand=office.brand,
        accent=office.accent,
        contact=office.email,
    )


#: What a reader does there, where it is not simply looking.
ACTIONS = {Campaign: gettext_lazy("Ver la campaña"), Episode: gettext_lazy("Escuchar o leer el episodio")}


def audience_of(page: Bulletin | Piece) -> Audience:
    """Whom it is for: who follows one of its topics and places, on the channels it goes out on."""
    return Audience(
        topics=tuple(topic.pk for topic in page.topics.all()),
        localities=tuple(locality.pk for locality in page.localities.all()),
        channels=tuple(page.channels),
    )


def dateline_of(bulletin: Bulletin, office: Office) -> str:
    return bulletin.dateline or ", ".join(part for part in (office.municipality, office.state) if part)


def album_of(page: PublicPage) -> tuple[Picture, ...]:
    """The cover, when it may go out, and the photos beside it, those in the text first. Text never waits for a photo:
    the cover's copy may still be in the making, its address is known already; of the others only what is there goes."""
    cover = page.cover
    if cover is None or not cover.may_go_out:
        return ()
    shown = photo_ids_in_body(page)
    others = [one for one in photos_of(page).exclude(pk=cover.pk) if one.may_go_out and shared_copy(one)]
    others.sort(key=lambda photo: photo.pk not in shown)
    return tuple(picture_of(photo) for photo in [cover, *others][:ALBUM])


def shared_copy(photo: Photo) -> Any:
    return next((copy for copy in photo.copies if copy["file"] == SHARED), None)


def picture_of(photo: Photo) -> Picture:
    copy = shared_copy(photo) or {"width": 0, "height": 0}
    file = f"fotos/{photo.public_id}/{SHARED}"
    return Picture(
        url=f"{settings.BASE_URL}/{file}",
        path=file,
        alt=photo.alternative,
        caption=photo.caption,
        width=copy["width"],
        height=copy["height"],
    )


def video_of(page: PublicPage) -> Video | None:
    """The first video that a network can fetch; of a page about a video, that one."""
    if isinstance(page, VideoPage):
        return (
            video_in({"file": page.recording, "url": page.url, "title": page.described})
            if is_mp4(page)
            else None
        )
    shown = (block.value for block in page.body if block.block_type == "video")
    return next(filter(None, map(video_in, shown)), None)


def is_mp4(page: VideoPage) -> bool:
    """Networks take no other form."""
    return page.recording is None or page.media_type == "video/mp4"


def video_in(block: Any) -> Video | None:
    """The office's own file, or an MP4 at somebody's address; a page with a player is none."""
    if file := block["file"]:
        path = f"documentos/{file.pk}/{safe_name(file.filename)}"
        return Video(url=f"{settings.BASE_URL}/{path}", path=path, alt=block["title"])
    url = urlsplit(block["url"] or "")
    if url.scheme == "https" and url.path.lower().endswith(".mp4"):
        return Video(url=url.geturl(), alt=block["title"])
    return None


@chronicle
def bulletins_between(since: datetime, until: datetime, *, at: datetime) -> Iterator[Item]:
    """What digests may tell: embargoed and withdrawn ones stay behind the gate, corrected ones say what holds now."""
    published = Bulletin.objects.filter(
        number__isnull=False, first_published_at__gte=since, first_published_at__lt=until
    )
    for bulletin in visible(published, at=at).prefetch_related("topics", "localities"):
        yield Item(
            origin=bulletin.origin,
            published_at=bulletin.first_published_at,
            headline=bulletin.title,
            dek=bulletin.second_headline or bulletin.lead,
            url=settings.BASE_URL + bulletin.get_absolute_url(),
            topics=frozenset(topic.pk for topic in bulletin.topics.all()),
            localities=frozenset(locality.pk for locality in bulletin.localities.all()),
            channels=frozenset(bulletin.channels),
        )


@chronicle
def pieces_between(since: datetime, until: datetime, *, at: datetime) -> Iterator[Item]:
    """The campaigns, episodes and videos that came out; of a service only a change is news, and it is told at once."""
    for kind in (Campaign, Episode, VideoPage):
        new = kind.objects.filter(first_published_at__gte=since, first_published_at__lt=until)
        for piece in visible(new, at=at).prefetch_related("topics", "localities"):
            yield Item(
                origin=piece.origin,
                published_at=piece.first_published_at,
                headline=piece.title,
                dek=piece.summary,
                url=settings.BASE_URL + piece.get_absolute_url(),
                topics=frozenset(topic.pk for topic in piece.topics.all()),
                localities=frozenset(locality.pk for locality in piece.localities.all()),
                channels=frozenset(piece.channels),
            )
