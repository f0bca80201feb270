"""Publication: one transaction, one number, one dispatch."""

from __future__ import annotations

import threading
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from factories.library import AlbumFactory, photo
from factories.newsroom import NOON, act, draft, folder, published, shelf
from pregon.accounts.models import Office, Topic
from pregon.agenda.enums import Settlement
from pregon.core.visibility import Reader, may_see
from pregon.delivery.models import Dispatch
from pregon.newsroom import actions as newsroom
from pregon.newsroom.models import Bulletin, NumberSeries
from pregon.newsroom.signals import bulletin_changed
from servers.beside import beside

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def test_the_first_bulletin_of_the_year_is_number_one_and_its_address_carries_it() -> None:
    bulletin = published("Reabre el andador Juárez")
    year = timezone.localtime().year
    assert (bulletin.folio, bulletin.live) == (f"001/{year}", True)
    assert bulletin.get_absolute_url() == f"/boletines/{year}-001-reabre-el-andador-juarez/"


def test_publishing_again_keeps_number_address_and_dispatch() -> None:
    bulletin = published()
    before = (bulletin.folio, bulletin.slug)
    again = newsroom.publish(Bulletin.objects.get(pk=bulletin.pk), by=None)
    assert (again.folio, again.slug) == before
    assert Dispatch.objects.about(bulletin.origin).count() == 1


def test_publication_settles_the_coverage_of_its_act() -> None:
    covered = act()
    bulletin = published(act=covered)
    assert list(covered.coverages.order_by("product").values_list("product", "settlement", "evidence")) == [
        ("boletin", Settlement.COVERED, bulletin.get_absolute_url()),
        ("fotos", Settlement.DUE, ""),
    ]


def test_publication_releases_the_photos_that_say_what_they_show(tmp_path: Path) -> None:
    album = AlbumFactory()
    spoken = photo(tmp_path, album=album, name="a.jpg", caption="El andador.")
    silent = photo(tmp_path, album=album, name="b.jpg", data=b"" or (tmp_path / "a.jpg").read_bytes() + b"\0")
    covered = act()
    published(act=covered, album=album, cover=spoken)
    at = timezone.now()
    assert (may_see(spoken, at=at), may_see(silent, at=at)) == (True, False)
    assert covered.coverages.get(product="fotos").settlement == Settlement.COVERED


def test_the_dispatch_is_for_those_who_follow_its_topics() -> None:
    shelf()
    topic = Topic.objects.get(name="Salud")
    bulletin = published(topics=[topic])
    dispatch = Dispatch.objects.get(key=f"{bulletin.origin}/news")
    assert dispatch.audience.topics == (topic.pk,)
    assert dispatch.message.headline == bulletin.title


def test_an_embargoed_bulletin_waits_without_number_or_dispatch() -> None:
    bulletin = draft(go_live_at=timezone.now() + timedelta(hours=1))
    newsroom.publish(bulletin, by=None)
    waiting = Bulletin.objects.get(pk=bulletin.pk)
    assert (waiting.live, waiting.folio, Dispatch.objects.count()) == (False, "", 0)
    assert may_see(waiting, at=timezone.now()) is False
    assert may_see(waiting, to=Reader.DESK, at=timezone.now()) is True


def test_at_its_hour_the_embargoed_bulletin_goes_out_once() -> None:
    hour = NOON + timedelta(hours=1)
    with time_machine.travel(NOON, tick=False) as clock:
        bulletin = draft(go_live_at=hour)
        newsroom.publish(bulletin, by=None)
        clock.move_to(hour - timedelta(milliseconds=1))
        assert newsroom.publish_due(timezone.now()) == 0
        clock.move_to(hour)
        assert [newsroom.publish_due(timezone.now()), newsroom.publish_due(timezone.now())] == [1, 0]
    out = Bulletin.objects.get(pk=bulletin.pk)
    assert (out.live, out.number) == (True, 1)
    assert may_see(out, at=hour) is True
    assert Dispatch.objects.about(out.origin).count() == 1


def test_a_publication_that_fails_half_way_leaves_nothing_and_no_gap() -> None:
    def refuse(**kwargs: object) -> None:
        raise RuntimeError("The floor above broke.")

    bulletin = draft()
    bulletin_changed.connect(refuse)
    try:
        with pytest.raises(RuntimeError):
            newsroom.publish(bulletin, by=None)
    finally:
        bulletin_changed.disconnect(refuse)
    left = Bulletin.objects.get(pk=bulletin.pk)
    assert (left.live, left.number, Dispatch.objects.count()) == (False, None, 0)
    assert NumberSeries.objects.filter(last__gt=0).count() == 0
    assert published("Otro").number == 1


@pytest.mark.django_db(transaction=True)
def test_many_at_once_get_consecutive_numbers_without_gap_or_double() -> None:
    drafts = [draft(f"Boletín simultáneo {n}") for n in range(16)]

    def publish_some(own: list[Bulletin]) -> None:
        for bulletin in own:
            newsroom.publish(Bulletin.objects.get(pk=bulletin.pk), by=None)

    assert beside([partial(publish_some, drafts[n::8]) for n in range(8)]) == []
    assert sorted(Bulletin.objects.values_list("number", flat=True)) == list(range(1, 17))


@pytest.mark.django_db(transaction=True)
def test_desk_folders_agenda_and_clock_never_wait_for_each_other(tmp_path: Path) -> None:
    """Each takes what it needs in an order of its own: the shelf, the number, the act, the pages to bake."""
    index, hour = shelf(), NOON + timedelta(hours=1)
    folders = [folder(tmp_path / f"acto-{n}") for n in range(4)]
    for n, path in enumerate(folders):
        sheet = path / "acto.md"
        sheet.write_text(sheet.read_text().replace("Reabre el andador", f"Reabre el andador {n},"))
    acts = [act(f"Jornada {n}") for n in range(4)]
    with time_machine.travel(NOON):
        for n in range(4):
            newsroom.publish(draft(f"Embargado {n}", go_live_at=hour), by=None)

    def desk() -> None:
        for n in range(4):
            with transaction.atomic():
                bulletin = Bulletin(
                    title=f"Del escritorio {n}", lead="x", live=False, slug=f"del-escritorio-{n}"
                )
                index.add_child(instance=bulletin)
                bulletin.save_revision().publish()

    def hand_in(own: list[Path]) -> None:
        for path in own:
            newsroom.take_in(path, by=None, zone=Office.load().zone, at=timezone.now())

    def agenda() -> None:
        for one in acts:
            with transaction.atomic():
                one.save()
                for coverage in one.coverages.all():
                    coverage.save()

    def clock() -> None:
        while newsroom.publish_due(timezone.now()):
            pass

    halves = [partial(hand_in, folders[n::2]) for n in range(2)]
    assert beside([desk, agenda, clock, clock, *halves]) == []
    assert sorted(Bulletin.objects.values_list("number", flat=True)) == list(range(1, 13))


@pytest.mark.django_db(transaction=True)
def test_two_clocks_running_by_mistake_publish_once() -> None:
    hour = NOON + timedelta(hours=1)
    start = threading.Barrier(2)
    published_by: list[int] = []

    def tick() -> None:
        start.wait()
        published_by.append(sum(newsroom.publish_due(timezone.now()) for _time in range(5)))
        connection.close()

    clocks = [threading.Thread(target=tick) for _ in range(2)]
    with time_machine.travel(NOON, tick=False) as hands:
        bulletin = draft(go_live_at=hour)
        newsroom.publish(bulletin, by=None)
        hands.move_to(hour)
        for clock in clocks:
            clock.start()
        for clock in clocks:
            clock.join()
    assert sorted(published_by) == [0, 1]
    assert Dispatch.objects.about(bulletin.origin).count() == 1


def test_a_bulletin_that_cannot_go_out_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is tried again with each tick, and goes out once whatever stopped it is mended."""
    hour = NOON + timedelta(hours=1)

    def refuse(bulletin: Bulletin, **kwargs: object) -> None:
        if bulletin.title == "Se atora":
            raise RuntimeError("whatever follows a publication failed")

    with time_machine.travel(NOON, tick=False) as clock:
        for title in ("Se atora", "Sale"):
            newsroom.publish(draft(title, go_live_at=hour), by=None)
        clock.move_to(hour)
        bulletin_changed.connect(refuse)
        try:
            assert [newsroom.publish_due(timezone.now()) for _tick in range(2)] == [1, 0]
        finally:
            bulletin_changed.disconnect(refuse)
        assert newsroom.publish_due(timezone.now()) == 1
    assert list(Bulletin.objects.order_by("number").values_list("title", flat=True)) == ["Sale", "Se atora"]
