"""What a body may be built of: a short list, each part with words enough, and none that carries script."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.template import Context, Template
from wagtail.blocks import StreamValue
from wagtail.documents import get_document_model

from factories.website import HOSTILE, ready_photo
from pregon.newsroom.blocks import INLINE, BodyBlock
from pregon.newsroom.models import Bulletin

BODY: BodyBlock = Bulletin._meta.get_field("body").stream_block
RAW = "<script>alert(1)</script><p onclick='x()'>El <b>andador</b> <a href='javascript:x()'>aquí</a>.</p>"


def body(*blocks: tuple[str, Any]) -> StreamValue:
    return BODY.to_python([{"type": kind, "value": value} for kind, value in blocks])


def written(value: StreamValue, **context: Any) -> str:
    page = Template("{% load wagtailcore_tags %}{% for block in body %}{% include_block block %}{% endfor %}")
    return page.render(Context({"body": value, **context}))


def complaints(value: StreamValue) -> bool:
    try:
        BODY.clean(value)
    except ValidationError:
        return True
    return False


def test_the_parts_of_a_body_are_these_and_no_block_takes_raw_html_or_embeds() -> None:
    assert list(BodyBlock.base_blocks) == [
        "heading",
        "paragraph",
        "quote",
        "figures",
        "items",
        "photo",
        "gallery",
        "video",
        "attachment",
    ]
    assert BodyBlock.base_blocks["paragraph"].features == INLINE == ["bold", "italic", "link"]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("heading", ""),
        ("heading", "a" * 161),
        ("quote", {"text": "Se camina.", "person": ""}),
        ("figures", {"items": []}),
        ("figures", {"items": [{"value": "1", "label": "uno"}] * 7}),
        ("items", {"items": []}),
        ("video", {"url": "javascript:alert(1)", "title": "Recorrido"}),
        ("video", {"url": "https://video.example/1", "title": ""}),
        ("video", {"url": "", "title": "Recorrido"}),
        ("photo", {"photo": None}),
        ("gallery", {"photos": []}),
        ("attachment", {"document": None}),
    ],
)
def test_a_part_without_its_words_or_beyond_its_measure_is_refused(kind: str, value: Any) -> None:
    assert complaints(body((kind, value))) is True


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("heading", "Qué sigue"),
        ("quote", {"text": "Se camina.", "person": "Dirección de Obras Públicas", "office": ""}),
        ("figures", {"items": [{"value": "320 m", "label": "de empedrado"}] * 6}),
        ("items", {"items": ["Jardineras"], "numbered": True}),
        ("video", {"url": "https://video.example/1", "title": "Recorrido"}),
    ],
)
def test_a_part_with_its_words_is_taken(kind: str, value: Any) -> None:
    assert complaints(body((kind, value))) is False


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("heading", HOSTILE),
        ("quote", {"text": HOSTILE, "person": HOSTILE, "office": HOSTILE}),
        ("figures", {"items": [{"value": HOSTILE, "label": HOSTILE}]}),
        ("items", {"items": [HOSTILE], "numbered": False}),
        ("video", {"url": "https://video.example/1", "title": HOSTILE}),
        ("paragraph", RAW),
    ],
)
def test_no_part_carries_what_was_written_into_it_as_markup(kind: str, value: Any) -> None:
    tags = [one.lower() for one in re.findall(r"<[a-z][^>]*>", written(body((kind, value))), re.IGNORECASE)]
    assert [tag for tag in tags if re.match(r"<(script|img|iframe|embed|object)\b", tag)] == []
    assert [tag for tag in tags if re.search(r"\son\w+=|javascript:", tag)] == []


def test_a_video_is_an_address_and_calls_nobody() -> None:
    page = written(body(("video", {"url": "https://www.video.example/1", "title": "Recorrido"})))
    assert re.findall(r'(?:src|href)="([^"]*)"', page) == ["https://www.video.example/1"]
    assert "Video en video.example" in page


def document(name: str) -> Any:
    return get_document_model().objects.create(title="Recorrido", file=ContentFile(b"mp4", name=name))


@pytest.mark.django_db
def test_a_video_is_one_mp4_of_the_office_or_one_address() -> None:
    film, text = document("recorrido.MP4"), document("recorrido.pdf")
    address = {"url": "https://video.example/1", "title": "Recorrido"}
    given = [
        {"file": film.pk, "url": "", "title": "Recorrido"},
        {"file": film.pk, **address},
        {"file": text.pk, "url": "", "title": "Recorrido"},
        {"file": film.pk, "url": "", "title": ""},
    ]
    assert [complaints(body(("video", value))) for value in given] == [False, True, True, True]


@pytest.mark.django_db
def test_a_video_of_the_office_plays_on_the_page_and_is_fetched_by_who_plays_it() -> None:
    film = document("recorrido.mp4")
    page = written(body(("video", {"file": film.pk, "url": "", "title": HOSTILE})))
    [player] = re.findall(r"<video[^>]*>", page)
    assert player.startswith(
        f'<video controls preload="none" src="/documentos/{film.pk}/{film.filename}" aria-label="&lt;'
    )
    assert "card-link" not in page


def test_an_address_is_kept_as_it_was_before_there_were_files() -> None:
    value = {"url": "https://video.example/1", "title": "Recorrido"}
    read = body(("video", value))
    assert read[0].value["file"] is None
    assert read.get_prep_value()[0]["value"] == value


@pytest.mark.parametrize(("numbered", "mark"), [(True, "ol"), (False, "ul")])
def test_a_list_is_numbered_when_order_matters(numbered: bool, mark: str) -> None:
    page = written(body(("items", {"items": ["Uno", "Dos"], "numbered": numbered})))
    assert page.strip() == f"<{mark}><li>Uno</li><li>Dos</li></{mark}>"


@pytest.mark.django_db
def test_a_photo_is_shown_by_the_page_that_may_show_it_and_by_no_other() -> None:
    allowed, kept_back = ready_photo(), ready_photo()
    value = body(("photo", {"photo": kept_back.pk}), ("gallery", {"photos": [allowed.pk, kept_back.pk]}))
    page = written(value, photos={allowed.pk: allowed})
    assert (str(allowed.public_id) in page, str(kept_back.public_id) in page) == (True, False)
    assert str(allowed.public_id) not in written(value)
