"""What the delivery engine is told of a bulletin."""

from __future__ import annotations

import pytest
from django.conf import settings

from factories.newsroom import published, shelf
from pregon.accounts.models import Topic
from pregon.delivery.enums import MessageKind
from pregon.delivery.values import Block, Message
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
