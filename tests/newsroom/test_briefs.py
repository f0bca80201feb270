"""What the delivery engine is told of a bulletin."""

from __future__ import annotations

import pytest
from django.conf import settings

from factories.library import AlbumFactory
from factories.newsroom import published, shelf
from factories.website import ready_photo
from pregon.accounts.models import Topic
from pregon.delivery.enums import MessageKind
from pregon.delivery.values import Block, Message
from pregon.library.models import Photo
from pregon.library.values import SHARED
from pregon.newsroom.briefs import message_about
from pregon.newsroom.models import Bulletin

pytestmark = pytest.mark.django_db


def with_body(*blocks: dict[str, object], **fields: object) -> Bulletin:
    shelf()
    body = Bulletin._meta.get_field("body").stream_block.to_python(list(blocks))
    return published(
        "Reabre el andador", body=body, topics=[Topic.objects.get(name="Obra pública")], **fields
    )


def test_each_block_becomes_plain_words() -> None:
    bulletin = with_body(
        {"type": "heading", "value": "Qué sigue"},
        {"type": "paragraph", "value": "<p>Con <b>18</b> luminarias &amp; bancas.</p>"},
        {"type": "quote", "value": {"text": "Listo.", "person": "", "office": "Obras Públicas"}},
        {"type": "figures", "value": {"items": [{"value": "18", "label": "luminarias"}]}},
        {"type": "items", "value": {"items": ["Uno"], "numbered": False}},
        {"type": "video", "value": {"url": "https://youtu.be/x", "title": "Video"}},
        lead="Abrió hoy.",
    )
    assert message_about(bulletin, MessageKind.NEWS).blocks == (
        Block(kind="paragraph", text="Abrió hoy."),
        Block(kind="heading", text="Qué sigue"),
        Block(kind="paragraph", text="Con 18 luminarias & bancas."),
        Block(kind="quote", text="Listo.", label="Obras Públicas"),
        Block(kind="figure", text="18", label="luminarias"),
        Block(kind="item", text="Uno"),
    )


def test_kicker_dateline_and_address_come_from_the_office() -> None:
    bulletin = with_body()
    message = message_about(bulletin, MessageKind.NEWS)
    assert message.kicker == f"Obra pública · Boletín {bulletin.folio}"
    assert message.dateline == "Villa de Muestra, Jalisco"
    assert message.url == f"{settings.BASE_URL}{bulletin.get_absolute_url()}"
    assert message.contact == "prensa@muestra.example"


def test_a_message_survives_the_way_through_the_database() -> None:
    message = message_about(
        with_body({"type": "heading", "value": "Más"}), MessageKind.CORRECTION, notice="Cambió."
    )
    assert Message.from_json(message.to_json()) == message


def test_the_photos_beside_the_cover_go_along_those_in_the_text_first() -> None:
    album = AlbumFactory()
    cover, in_album, in_text = (shared_photo(album=album), shared_photo(album=album), shared_photo())
    ready_photo(album=album, caption="")
    ready_photo(album=album, copies=[])
    bulletin = with_body({"type": "photo", "value": {"photo": in_text.pk}}, cover=cover, album=album)
    message = message_about(bulletin, MessageKind.NEWS)
    assert [picture.caption for picture in message.pictures] == [
        photo.caption for photo in (cover, in_text, in_album)
    ]
    assert message.pictures[0] == message.picture
    assert message_about(bulletin, MessageKind.WITHDRAWAL).album == ()


def test_an_album_is_no_longer_than_a_post_takes() -> None:
    album = AlbumFactory()
    photos = [shared_photo(album=album) for _one in range(12)]
    assert len(message_about(with_body(cover=photos[0], album=album), MessageKind.NEWS).pictures) == 10


def test_a_cover_alone_is_all_there_is() -> None:
    message = message_about(with_body(cover=shared_photo()), MessageKind.NEWS)
    assert (bool(message.picture), message.pictures) == (True, ())


def shared_photo(**fields: object) -> Photo:
    return ready_photo(**{"copies": [{"width": 960, "height": 640, "file": SHARED, "bytes": 9}], **fields})
