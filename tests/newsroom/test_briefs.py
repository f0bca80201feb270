"""What the delivery engine is told of a bulletin."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.documents import get_document_model

from factories.library import AlbumFactory
from factories.newsroom import campaign, draft, episode, published, service, shelf, video
from factories.website import ready_photo
from pregon.accounts.models import Locality, Topic
from pregon.delivery.enums import MessageKind
from pregon.delivery.registry import items_between
from pregon.delivery.values import Block, Item, Message, Video
from pregon.library.models import Photo
from pregon.library.values import SHARED
from pregon.newsroom import actions as newsroom
from pregon.newsroom.briefs import message_about, message_of, pieces_between
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
        {"type": "video", "value": {"url": "https://youtu.be/x", "title": "El recorrido"}},
        lead="Abrió hoy.",
    )
    assert message_about(bulletin, MessageKind.NEWS).blocks == (
        Block(kind="paragraph", text="Abrió hoy."),
        Block(kind="heading", text="Qué sigue"),
        Block(kind="paragraph", text="Con 18 luminarias & bancas."),
        Block(kind="quote", text="Listo.", label="Obras Públicas"),
        Block(kind="figure", text="18", label="luminarias"),
        Block(kind="item", text="Uno"),
        Block(kind="video", text="El recorrido", label="https://youtu.be/x"),
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


def test_the_first_video_that_a_network_can_fetch_goes_along() -> None:
    file = ContentFile(b"mp4", name="recorrido.mp4")
    film = get_document_model().objects.create(title="Recorrido", file=file)
    page = {"type": "video", "value": {"url": "https://youtu.be/x", "title": "En otro sitio"}}
    own = {"type": "video", "value": {"file": film.pk, "url": "", "title": "De punta a punta"}}
    address = "https://video.example/1.MP4?v=2"
    elsewhere = {"type": "video", "value": {"url": address, "title": "Desde el aire"}}
    plain = {"type": "video", "value": {"url": "http://video.example/1.mp4", "title": "Sin candado"}}
    first, second = with_body(page, plain, own, elsewhere), with_body(elsewhere, own)
    path = f"documentos/{film.pk}/{film.filename}"
    assert [message_about(one, MessageKind.NEWS).video for one in (first, second, with_body(page))] == [
        Video(url=f"{settings.BASE_URL}/{path}", path=path, alt="De punta a punta"),
        Video(url=address, alt="Desde el aire"),
        None,
    ]
    assert message_about(first, MessageKind.WITHDRAWAL).video is None


def test_a_video_that_does_not_go_along_stands_in_the_words_with_its_address() -> None:
    addresses = ["https://video.example/1.mp4", "https://video.example/2.mp4", "https://youtu.be/x"]
    videos = [{"type": "video", "value": {"url": address, "title": "Visto"}} for address in addresses]
    message = message_about(with_body(*videos), MessageKind.NEWS)
    in_words = [block.label for block in message.blocks if block.kind == "video"]
    assert (message.video and message.video.url, in_words) == (addresses[0], addresses[1:])


def shared_photo(**fields: object) -> Photo:
    return ready_photo(**{"copies": [{"width": 960, "height": 640, "file": SHARED, "bytes": 9}], **fields})


# --- What digests may tell ----------------------------------------------------------------------------------


def between(at: datetime) -> list[Item]:
    return items_between(at - timedelta(days=1), at + timedelta(days=1), at=at)


def test_a_digest_is_told_what_went_out_and_whom_it_concerns() -> None:
    shelf()
    health, loma = Topic.objects.get(name="Salud"), Locality.objects.get(name="La Loma")
    bulletin = published(second_headline="Tres meses de obra.", topics=[health], localities=[loma])
    bulletin.refresh_from_db()
    assert between(timezone.now()) == [
        Item(
            origin=bulletin.origin,
            published_at=bulletin.first_published_at,
            headline="Reabre el andador",
            dek="Tres meses de obra.",
            url=f"{settings.BASE_URL}{bulletin.get_absolute_url()}",
            topics=frozenset({health.pk}),
            localities=frozenset({loma.pk}),
        )
    ]


def test_the_end_of_the_period_is_not_in_it() -> None:
    at = published().first_published_at
    spans = [(at, at), (at - timedelta(hours=1), at), (at, at + timedelta(microseconds=1))]
    assert [len(items_between(since, until, at=timezone.now())) for since, until in spans] == [0, 0, 1]


def test_what_stands_behind_the_gate_is_not_told() -> None:
    draft("Borrador")
    newsroom.publish(draft("Embargado", go_live_at=timezone.now() + timedelta(hours=1)), by=None)
    newsroom.withdraw(published("Retirado"), reason="Datos equivocados.", by=None, at=timezone.now())
    assert between(timezone.now()) == []


def test_a_corrected_bulletin_is_told_as_it_reads_now() -> None:
    bulletin = published()
    bulletin.title = "Reabre el andador nuevo"
    newsroom.correct(bulletin, change="Es nuevo.", reason="Error.", by=None, at=timezone.now())
    assert [item.headline for item in between(timezone.now())] == ["Reabre el andador nuevo"]


def test_many_bulletins_cost_as_many_questions_as_one() -> None:
    spent = []
    for number in range(3):
        published(f"Boletín {number}", topics=[Topic.objects.get(name="Salud")] if number else [])
        with CaptureQueriesContext(connection) as asked:
            between(timezone.now())
        spent.append(len(asked))
    assert spent[1] == spent[2]


# --- The pages beside the bulletins --------------------------------------------------------------------------


def test_a_video_of_ours_goes_along_where_networks_can_take_it() -> None:
    web = video()
    taken = message_of(video("Otro", url="https://videos.muestra.example/recorrido.mp4", captions=""))
    assert (message_of(web).video, taken.video and taken.video.alt) == (None, "Montes y tejados.")


def test_what_is_said_of_a_page_names_its_kind_and_leads_there() -> None:
    told = message_of(campaign())
    assert (told.kicker, told.headline, told.action, told.url) == (
        "Campaña",
        "Vacuna a tu mascota",
        "Ver la campaña",
        "http://testserver/campanas/vacuna-a-tu-mascota/",
    )


def test_a_digest_tells_campaigns_and_recordings_and_no_service() -> None:
    at = timezone.now()
    made = [campaign(), episode(), video()]
    service(change="Desde el lunes.")
    campaign("Secreta", public=False)
    told = pieces_between(at - timedelta(hours=1), at + timedelta(hours=1), at=timezone.now())
    assert {item.origin for item in told} == {piece.origin for piece in made}
