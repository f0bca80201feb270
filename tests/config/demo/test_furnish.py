"""The furnished office: sample acts through the real actions, and nothing that could reach anybody."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import pyvips
from django.db.models import F
from django.utils import timezone
from wagtail.models import TaskState

from factories.library import jpeg
from pregon.accounts import actions as accounts
from pregon.accounts.enums import Role
from pregon.accounts.models import Office, Topic, User
from pregon.agenda.enums import Kind, Product, Settlement, State
from pregon.agenda.models import Act, Coverage
from pregon.agenda.queries import Tag, day_rows
from pregon.alerts.enums import State as AlertState
from pregon.alerts.enums import Status
from pregon.alerts.models import Alert, ExtraordinaryMessage
from pregon.config.demo import furnish as demo
from pregon.core.calendar import WorkingCalendar
from pregon.core.home import Home
from pregon.delivery.enums import State as DeliveryState
from pregon.delivery.models import Delivery, Dispatch, Subscriber
from pregon.delivery.progress import going_out
from pregon.newsroom.actions.workflow import ensure_page_permissions, ensure_workflow
from pregon.newsroom.enums import LiveState
from pregon.newsroom.models import Bulletin, BulletinIndex, Correction, Intake, LiveBlog
from pregon.newsroom.queries import Stage, staged
from pregon.plan import actions as plans
from pregon.website import actions as website

pytestmark = [pytest.mark.django_db, pytest.mark.parts]

STORIES, UPCOMING, WAITING = (demo.load(f"{name}.yaml") for name in ("stories", "upcoming", "waiting"))


@pytest.fixture
def at() -> datetime:
    return timezone.now()


@pytest.fixture
def furnished(home: Home, at: datetime, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The office of Mazamitla with its last stories and small pictures: the full set only takes longer."""
    few = {"stories.yaml": STORIES[-3:]}
    load = demo.load
    monkeypatch.setattr(demo, "load", lambda name: few.get(name) or load(name))
    monkeypatch.setattr(demo, "picture", lambda office, *, seed: jpeg((300 + seed, 200)))
    monkeypatch.setattr(demo, "FIRST_READERS", 2)
    monkeypatch.setattr(demo, "READERS", 6)
    plans.set_up_office("mazamitla")
    accounts.ensure_roles()
    website.lay_out_site(at=at)
    shelf = BulletinIndex.objects.get()
    ensure_page_permissions(shelf)
    ensure_workflow(shelf)
    return demo.furnish("mazamitla", at=at, say=lambda sentence: None)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story["titulo"][:30])
def test_every_story_is_whole(story: dict[str, Any]) -> None:
    assert {"titulo", "dependencia", "tema", "tipo", "lugar", "hora", "entrada", "parrafos"} - set(
        story
    ) == set()
    assert (story["tipo"] in Kind.values, len(story["parrafos"]) >= 1) == (True, True)


@pytest.mark.parametrize("told", UPCOMING, ids=lambda told: told["titulo"][:30])
def test_every_act_to_come_is_whole(told: dict[str, Any]) -> None:
    assert (told["tipo"] in Kind.values, told.get("estado", State.CONFIRMED) in State.values) == (True, True)
    assert set(told["cubre"]) - set(Product.values) == set()


def test_a_story_is_told_of_its_own_town_and_place() -> None:
    office = Office.load()
    office.municipality = "Villa de Muestra"
    office.save()
    story = {
        "lugar": "Plaza de {localidad}",
        "parrafos": ["En {municipio}."],
        "cita": {"n": 3, "t": "{localidad}"},
    }
    assert demo.told(story, "La Loma") == {
        "lugar": "Plaza de La Loma",
        "parrafos": ["En Villa de Muestra."],
        "cita": {"n": 3, "t": "La Loma"},
    }


def test_the_past_days_are_working_days_in_order_with_one_gap() -> None:
    days = demo.past_days(date(2026, 11, 20), count=10)
    calendar = WorkingCalendar()
    assert days == sorted(set(days))
    assert (len(days), [day for day in days if not calendar.is_working(day)]) == (10, [])
    between = [day for day in calendar.between(days[0], days[-1]) if day not in days]
    assert (len(between), days[-1] < date(2026, 11, 20)) == (1, True)


def test_a_topic_that_nobody_has_is_created_and_one_alike_is_taken() -> None:
    topic = Topic.objects.create(name="Obra pública y servicios", slug="obra")
    assert demo.known(Topic, "obra pública") == topic.name
    assert demo.known(Topic, "Astronomía") == "Astronomía"
    assert Topic.objects.count() == 2


@pytest.mark.parametrize("told", WAITING, ids=lambda told: told["titulo"][:30])
def test_every_bulletin_that_waits_is_whole(told: dict[str, Any]) -> None:
    assert {"espera", "titulo", "subtitulo", "dependencia", "tema", "entrada", "parrafos"} - set(
        told
    ) == set()


def test_a_furnished_office_holds_together(furnished: dict[str, str], at: datetime) -> None:
    bulletins = list(Bulletin.objects.filter(number__isnull=False).order_by("first_published_at"))
    numbers = [bulletin.number for bulletin in bulletins]
    assert numbers == list(range(numbers[0], numbers[0] + 3))
    assert [bulletin.first_published_at > at for bulletin in bulletins] == [False, False, True]
    covered = Coverage.objects.filter(act__bulletins__in=bulletins, product=Product.BULLETIN)
    assert set(covered.values_list("settlement", "evidence")) == {
        (Settlement.COVERED, bulletin.get_absolute_url()) for bulletin in bulletins
    }
    assert (Intake.objects.count(), Act.objects.count()) == (0, 5 + len(UPCOMING))
    tags = {row.act.title: row.tag for row in day_rows(at - timedelta(days=3), at + timedelta(days=3), at=at)}
    alone = [told["titulo"] for told in UPCOMING if told.get("sin_asignar")]
    assert [tags[title] for title in alone] == [Tag.NOBODY]
    [yesterday] = [told["titulo"] for told in UPCOMING if told["dias"] == -1]
    assert tags[yesterday] == Tag.TEXT_MISSING


def test_each_dispatch_is_of_the_hour_of_its_bulletin_and_reaches_nobody(
    furnished: dict[str, str], at: datetime
) -> None:
    addresses = set(Subscriber.objects.filter(channel="email").values_list("address", flat=True))
    assert (len(addresses), {address.rpartition(".")[2] for address in addresses}) == (6, {"invalid"})
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.WITHHELD}
    told = list(Dispatch.objects.filter(origin__startswith="newsroom.bulletin/").order_by("pk"))
    assert [one.kind for one in told] == ["news", "news", "correction", "news"]
    assert [one.deliveries.count() > 0 for one in told] == [True] * 4
    bulletins = {one.origin: one for one in Bulletin.objects.filter(number__isnull=False)}
    gaps = [one.created_at - bulletins[one.origin].first_published_at for one in told]  # type: ignore[operator]  # issued
    assert [round(gap / timedelta(hours=1), 1) for gap in gaps] == [0, 0, 2, 0]
    [newest] = going_out(timezone.now())
    assert (newest.dispatch, newest.waiting) == (told[-1], False)
    answered = Delivery.objects.filter(dispatch__in=told, settled_at__lt=F("dispatch__created_at"))
    assert answered.count() == 0


def test_one_story_is_corrected_openly_two_hours_later(furnished: dict[str, str]) -> None:
    [story] = [story for story in STORIES if "correccion" in story]
    correction = Correction.objects.get()
    assert (correction.bulletin.second_headline, correction.by) == (
        story["correccion"]["subtitulo"],
        User.objects.get(groups__name=Role.HEAD),
    )
    later = correction.at - correction.bulletin.first_published_at  # type: ignore[operator]  # it was published
    assert round(later / timedelta(hours=1), 1) == 2


def test_one_bulletin_waits_for_the_head_and_one_for_its_hour(
    furnished: dict[str, str], at: datetime
) -> None:
    head = User.objects.get(groups__name=Role.HEAD)
    [state] = TaskState.objects.reviewable_by(head)
    waiting = Bulletin.objects.get(pk=state.revision.object_id)
    writer = User.objects.get(groups__name=Role.EDITOR)
    assert (waiting.title, waiting.owner, waiting.live) == (WAITING[0]["titulo"], writer, False)
    held = staged(Bulletin.objects.filter(live=False)).get(stage=Stage.EMBARGOED)
    leaves = timezone.localtime(held.leaves_at)
    assert (leaves.date() - timezone.localdate(at), leaves.hour) == (timedelta(days=1), 8)
    assert held.act is not None
    assert held.act.public_from == held.leaves_at


def test_each_person_has_a_password_that_is_told_once_and_furnishing_again_changes_nothing(
    furnished: dict[str, str], at: datetime
) -> None:
    people = {person.email: person for person in User.objects.all()}
    assert set(people) == set(furnished)
    assert len(set(furnished.values())) == len(furnished)
    assert [people[email].check_password(password) for email, password in furnished.items()] == [True] * 3
    assert User.objects.filter(is_superuser=True, groups__name=Role.HEAD).count() == 1
    before = (Bulletin.objects.count(), Act.objects.count(), Subscriber.objects.count(), User.objects.count())
    assert demo.furnish("mazamitla", at=at, say=lambda sentence: None) == {}
    after = (Bulletin.objects.count(), Act.objects.count(), Subscriber.objects.count(), User.objects.count())
    assert after == before


def test_a_drawn_picture_is_a_jpeg_also_where_photos_were_developed_and_drawings_stay_forbidden() -> None:
    pyvips.block_untrusted_set(True)
    assert demo.picture("mazamitla", seed=1)[:3] == b"\xff\xd8\xff"
    with pytest.raises(pyvips.Error, match="blocked"):
        pyvips.Image.svgload_buffer(b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>')


def test_the_only_alert_is_a_drill_that_is_over_and_says_that_it_is_a_sample(
    furnished: dict[str, str],
) -> None:
    drill = Alert.objects.get()
    assert (drill.status, drill.state, drill.second is not None, "de muestra" in drill.description) == (
        Status.EXERCISE,
        AlertState.EXPIRED,
        True,
        True,
    )
    assert drill.expires < timezone.now() and not ExtraordinaryMessage.objects.exists()
    [dispatch] = Dispatch.objects.about(drill.origin)
    assert dispatch.headline.startswith("SIMULACRO")


def test_one_coverage_is_under_way_and_that_of_the_newest_bulletin_is_over(
    furnished: dict[str, str], at: datetime
) -> None:
    under_way, over = LiveBlog.objects.all()
    newest = Bulletin.objects.filter(number__isnull=False).latest("number")
    assert (under_way.state, over.state, over.bulletin) == (LiveState.OPEN, LiveState.CLOSED, newest)
    assert over.act == newest.act
    last = under_way.posts.latest("at")
    assert timedelta() < at - last.at < timedelta(minutes=10)
    assert (under_way.act.latitude is not None, under_way.act.start <= under_way.opened_at) == (True, True)
