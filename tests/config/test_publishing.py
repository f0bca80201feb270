"""The command's own report: what happened, how long it took, what the plan gained; and its photos: the text is
out before the first one, and the page waits for the last one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from factories.newsroom import NOON, folder, town
from factories.website import nothing_due
from pregon.config import publishing
from pregon.core.home import Home
from pregon.core.work import Lane
from pregon.delivery import actions as delivery
from pregon.library.enums import Development
from pregon.library.models import Photo
from pregon.library.signals import photo_ready
from pregon.newsroom.models import Bulletin
from pregon.plan import actions as plans
from pregon.website import actions as website
from pregon.website import queries as public

pytestmark = [pytest.mark.django_db, pytest.mark.parts]


@pytest.fixture(autouse=True)
def day_of_the_act() -> Iterator[None]:
    """The folder of the tests is of that day, and its act counts in the plan of that year."""
    with time_machine.travel(NOON):
        yield


@pytest.fixture(autouse=True)
def office(home: Home, day_of_the_act: None) -> Home:
    """A town with its site and its plan, whose pages nobody has asked for yet."""
    now = timezone.now()
    town()
    plans.load_plan("mazamitla", year=timezone.localtime(now).year, at=now)
    website.lay_out_site(at=now)
    nothing_due()
    return home


def test_a_folder_becomes_a_page_with_its_photos_a_message_and_evidence(office: Home, tmp_path: Path) -> None:
    delivery.add_office_channel("@canal", channel="telegram", name="Canal", at=timezone.now())
    report = publishing.run(folder(tmp_path / "andador", photos=1), by=None, wait=30)
    told = report.to_json()
    year = timezone.localtime().year
    assert (report.new, report.state, report.photos, report.held_back) == (True, "published", 1, ())
    assert told["bulletin"]["number"] == f"001/{year}"
    assert told["channels"] == {"telegram": {"due": 1, "sent": 0, "withheld": 1, "failed": 0}}
    assert "Actos cubiertos" in {fact["indicator"] for fact in told["evidence"]}
    assert [name for name, value in report.seconds.items() if value is None] == []
    steps = [report.seconds[name] for name in ("read", "published", "page_ready")]
    assert steps == sorted(step for step in steps if step is not None)
    page = office.baked / report.bulletin.get_absolute_url().strip("/") / "index.html"
    assert "El andador, toma 1." in page.read_text(encoding="utf-8")


def test_the_same_folder_again_publishes_nothing_and_waits_for_nothing(tmp_path: Path) -> None:
    path = folder(tmp_path / "andador")
    first = publishing.run(path, by=None, wait=30)
    again = publishing.run(path, by=None, wait=30)
    assert (first.new, again.new) == (True, False)
    assert again.to_json()["bulletin"] == first.to_json()["bulletin"]
    assert (again.evidence, again.seconds["page_ready"], again.seconds["all_sent"]) == ([], None, None)


def test_the_same_folder_again_finishes_what_was_cut_off(office: Home, tmp_path: Path) -> None:
    delivery.add_office_channel("@canal", channel="telegram", name="Canal", at=timezone.now())
    path = folder(tmp_path / "andador", photos=1)
    publishing.run(path, by=None, wait=0)
    again = publishing.run(path, by=None, wait=30)
    page = office.baked / again.bulletin.get_absolute_url().strip("/") / "index.html"
    assert (again.new, "El andador, toma 1." in page.read_text(encoding="utf-8")) == (False, True)
    assert again.to_json()["channels"] == {"telegram": {"due": 1, "sent": 0, "withheld": 1, "failed": 0}}


def test_a_disk_that_fills_up_after_publication_says_that_the_bulletin_is_out(
    office: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery.add_office_channel("@canal", channel="telegram", name="Canal", at=timezone.now())
    path = folder(tmp_path / "andador")
    office.outbox.rmdir()
    office.outbox.write_text("in the way")
    with pytest.raises(publishing.CutShort) as told:
        publishing.run(path, by=None, wait=30)
    assert str(told.value) == (
        f"El boletín 001/{timezone.localtime().year} ya está publicado, pero sus páginas y envíos quedaron a "
        "medias: revisa que haya espacio en el disco y repite la orden, que los termina sin publicar dos veces."
    )
    office.outbox.unlink()
    assert publishing.run(path, by=None, wait=0).new is False


def test_the_page_is_there_before_the_first_message_leads_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery.add_office_channel("@canal", channel="telegram", name="Canal", at=timezone.now())
    really, ready = publishing.turn, []

    def watched(lane: Lane, *, at: datetime) -> int:
        if lane == Lane.NOW:
            ready.append(public.is_fresh(Bulletin.objects.get().get_absolute_url()))
        return really(lane, at=at)

    monkeypatch.setattr(publishing, "turn", watched)
    publishing.run(folder(tmp_path / "andador"), by=None, wait=30)
    assert set(ready) == {True}


def test_without_patience_the_bulletin_is_out_and_the_rest_is_left_to_the_workers(tmp_path: Path) -> None:
    report = publishing.run(folder(tmp_path / "andador", photos=1), by=None, wait=0)
    assert (report.state, report.seconds["page_ready"], report.seconds["all_sent"]) == (
        "published",
        None,
        None,
    )


def test_an_embargoed_folder_waits_and_says_so(tmp_path: Path) -> None:
    later = timezone.localtime() + timedelta(days=2)
    report = publishing.run(
        folder(tmp_path / "andador", more=f"embargo: {later:%Y-%m-%d %H:%M}\n"), by=None, wait=30
    )
    told = report.to_json()["bulletin"]
    assert (told, report.tallies) == ({"number": None, "url": None, "state": "scheduled"}, {})


def test_a_photo_that_says_nothing_is_named(tmp_path: Path) -> None:
    path = folder(tmp_path / "andador", photos=1)
    (path / "callada.jpg").write_bytes((path / "foto-1.jpg").read_bytes() + b"\0")
    assert publishing.run(path, by=None, wait=0).held_back == ("callada.jpg",)


def test_only_the_figures_that_moved_are_evidence() -> None:
    before, after = {"a": "1", "b": "2"}, {"a": "1", "b": "3", "c": "4"}
    assert [(fact.indicator, fact.before, fact.after) for fact in publishing.compare(before, after)] == [
        ("b", "2", "3"),
        ("c", "", "4"),
    ]


# --- Photos ------------------------------------------------------------------------------------------------


class Watch:
    """Notes whether the page of the text lay there when each photo was ready."""

    def __init__(self) -> None:
        self.text_was_out: list[bool] = []

    def __call__(self, sender: Any, photo: Photo, at: datetime, **kwargs: Any) -> None:
        self.text_was_out.append(bool(pages()))


def pages() -> list[Path]:
    return list(settings.HOME.baked.glob("boletines/20*/index.html"))


@pytest.fixture
def watch() -> Iterator[Watch]:
    watching = Watch()
    photo_ready.connect(watching)
    yield watching
    photo_ready.disconnect(watching)


@pytest.fixture(params=[0, 2], ids=["alone", "with two hands"])
def hands(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "spare_cores", lambda: request.param)


@pytest.mark.usefixtures("hands")
@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_the_text_is_out_before_the_first_photo_and_the_page_shows_them_all(
    tmp_path: Path, watch: Watch
) -> None:
    report = publishing.run(folder(tmp_path / "acto", photos=4), by=None, wait=60)
    assert watch.text_was_out == [True] * 4
    assert [photo.development for photo in Photo.objects.all()] == [Development.READY] * 4
    page = settings.HOME.baked / report.bulletin.get_absolute_url().strip("/") / "index.html"
    told = page.read_text(encoding="utf-8")
    assert [str(photo.public_id) in told for photo in Photo.objects.all()] == [True] * 4
    missing = [name for name, value in report.seconds.items() if value is None]
    assert missing == ["first_sent"]  # nobody subscribes here


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_hands_begin_once_and_rest_for_good() -> None:
    with publishing.Hands(2) as hands:
        hands.begin()
        threads = list(hands.threads)
        hands.begin()
        assert (len(threads), hands.threads) == (2, threads)
    assert [thread.is_alive() for thread in threads] == [False, False]


def test_one_core_is_kept_for_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for cores in (1, 2, 4, 32):
        monkeypatch.setattr("os.sched_getaffinity", lambda pid, cores=cores: set(range(cores)))
        found.append(publishing.spare_cores())
    assert found == [0, 1, 3, 3]
