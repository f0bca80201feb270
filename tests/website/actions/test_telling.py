"""What is told is numbered without a gap in the order of the commits, or not told at all."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.db import connections, transaction
from django.utils import timezone

from pregon.website import actions as website
from pregon.website.hub.window import KEPT
from pregon.website.models import Broadcast, Stream
from servers.beside import beside

pytestmark = [pytest.mark.postgresql]

NOW = timezone.now()


def numbers(name: str) -> list[int]:
    return list(
        Broadcast.objects.filter(stream__name=name).order_by("number").values_list("number", flat=True)
    )


@pytest.mark.django_db
def test_a_telling_that_did_not_happen_leaves_no_gap() -> None:
    website.tell(["sitio"], "post", {"n": 1}, at=NOW)
    with pytest.raises(LookupError), transaction.atomic():
        website.tell(["sitio"], "post", {"n": 2}, at=NOW)
        raise LookupError
    website.tell(["sitio"], "post", {"n": 3}, at=NOW)
    assert list(Broadcast.objects.order_by("pk").values_list("number", "data")) == [
        (1, {"n": 1}),
        (2, {"n": 3}),
    ]


@pytest.mark.django_db(transaction=True)
def test_those_who_tell_at_once_each_have_a_number() -> None:
    def editor(name: str) -> None:
        for n in range(10):
            website.tell(["cobertura-1", "sitio"], "post", {"by": name, "n": n}, at=NOW)
        connections.close_all()

    assert beside([partial(editor, name) for name in "abc"]) == []
    assert (numbers("sitio"), numbers("cobertura-1")) == (list(range(1, 31)), list(range(1, 31)))
    assert set(Stream.objects.values_list("name", "last")) >= {("sitio", 30), ("cobertura-1", 30)}


@pytest.mark.django_db
def test_what_was_told_of_a_thing_before_says_what_is_told_of_it_now() -> None:
    website.tell(["cobertura-1", "cobertura-2"], "post", {"id": 7, "html": "mal"}, at=NOW)
    website.tell(["cobertura-1"], "post", {"id": 8, "html": "bien"}, at=NOW)
    website.tell(["cobertura-1"], "post", {"id": 7, "html": ""}, at=NOW)
    told = Broadcast.objects.order_by("stream__name", "number").values_list("stream__name", "data__html")
    assert list(told) == [
        ("cobertura-1", ""),
        ("cobertura-1", "bien"),
        ("cobertura-1", ""),
        ("cobertura-2", "mal"),
    ]


@pytest.mark.django_db
def test_what_concerns_every_page_is_told_on_every_stream_that_is_open() -> None:
    website.tell(["cobertura-1"], "post", {}, at=NOW)
    website.tell(["cobertura-2"], "post", {}, at=NOW)
    website.close_stream("cobertura-2", at=NOW)
    website.tell_all("banner", {}, at=NOW)
    assert [numbers(name) for name in ("sitio", "cobertura-1", "cobertura-2")] == [[1], [1, 2], [1]]


@pytest.mark.django_db
def test_what_nobody_needs_any_more_is_let_go() -> None:
    stream = Stream.objects.create(name="cobertura-1", last=KEPT + 5)
    Broadcast.objects.bulk_create(
        Broadcast(stream=stream, number=number, kind="post", data={}, at=NOW) for number in range(1, KEPT + 6)
    )
    website.tell(["sitio"], "post", {}, at=NOW - timedelta(days=2))
    assert website.forget_tellings(at=NOW) == 6
    assert (numbers("sitio"), numbers("cobertura-1")[0]) == ([], 6)
