"""The furnished office: sample acts through the real actions, and nothing that could reach anybody."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.utils import timezone

from factories.library import jpeg
from pregon.accounts.enums import Role
from pregon.accounts.models import Office, Topic, User
from pregon.agenda.enums import Kind, Product, Settlement, State
from pregon.agenda.models import Act, Coverage
from pregon.config.demo import furnish as demo
from pregon.core.calendar import WorkingCalendar
from pregon.core.home import Home
from pregon.delivery.models import Delivery, Subscriber
from pregon.newsroom.models import Bulletin, Intake
from pregon.plan import actions as plans
from pregon.website import actions as website

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
STORIES, UPCOMING = demo.load("stories.yaml"), demo.load("upcoming.yaml")


@pytest.fixture
def furnished(home: Home, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The office of Mazamitla with three of its stories and small pictures: the full set only takes longer."""
    few = {"stories.yaml": STORIES[:3], "upcoming.yaml": UPCOMING}
    monkeypatch.setattr(demo, "load", few.__getitem__)
    monkeypatch.setattr(demo, "picture", lambda office, *, seed: jpeg((300 + seed, 200)))
    monkeypatch.setattr(demo, "READERS", 6)
    plans.set_up_office("mazamitla")
    website.lay_out_site(at=NOON)
    return demo.furnish("mazamitla", at=NOON, say=lambda sentence: None)


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


def test_a_furnished_office_holds_together_and_reaches_nobody(furnished: dict[str, str]) -> None:
    bulletins = list(Bulletin.objects.order_by("first_published_at"))
    numbers = [bulletin.number for bulletin in bulletins]
    assert numbers == list(range(numbers[0], numbers[0] + 3))
    assert [bulletin.slug.split("-")[:2] for bulletin in bulletins] == [
        [str(timezone.localtime().year), f"{number:03d}"] for number in numbers
    ]
    assert [bulletin.url_path.rstrip("/").endswith(bulletin.slug) for bulletin in bulletins] == [True] * 3
    covered = Coverage.objects.filter(act__bulletins__in=bulletins, product=Product.BULLETIN)
    assert set(covered.values_list("settlement", "evidence")) == {
        (Settlement.COVERED, bulletin.get_absolute_url()) for bulletin in bulletins
    }
    assert [bulletin.get_latest_revision_as_object().slug for bulletin in bulletins] == [
        bulletin.slug for bulletin in bulletins
    ]
    assert (Intake.objects.count(), Act.objects.count()) == (0, 3 + len(UPCOMING))
    today = [told for told in UPCOMING if told["dias"] == 0]
    owed = Coverage.objects.filter(act__title__in=[told["titulo"] for told in today])
    assert set(owed.values_list("product", "assignee__first_name")) == {
        ("boletin", "Redacción"),
        ("fotos", "Fotografía"),
    }
    addresses = set(Subscriber.objects.filter(channel="email").values_list("address", flat=True))
    assert (len(addresses), {address.rpartition(".")[2] for address in addresses}) == (6, {"invalid"})
    assert Delivery.objects.exclude(settled_at=None).count() == 0


def test_each_person_has_a_password_that_is_told_once_and_furnishing_again_changes_nothing(
    furnished: dict[str, str],
) -> None:
    people = {person.email: person for person in User.objects.all()}
    assert set(people) == set(furnished)
    assert len(set(furnished.values())) == len(furnished)
    assert [people[email].check_password(password) for email, password in furnished.items()] == [True] * 3
    assert User.objects.filter(is_superuser=True, groups__name=Role.HEAD).count() == 1
    before = (Bulletin.objects.count(), Act.objects.count(), Subscriber.objects.count(), User.objects.count())
    assert demo.furnish("mazamitla", at=NOON, say=lambda sentence: None) == {}
    after = (Bulletin.objects.count(), Act.objects.count(), Subscriber.objects.count(), User.objects.count())
    assert after == before


def test_a_drawn_picture_is_a_jpeg() -> None:
    assert demo.picture("mazamitla", seed=1)[:3] == b"\xff\xd8\xff"
