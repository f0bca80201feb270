from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from factories import newsroom as news
from factories.website import HOSTILE, released_photo
from pregon.accounts.models import Topic

pytestmark = pytest.mark.django_db


def test_those_under_way_stand_before_those_to_come_and_those_that_are_over(client: Client) -> None:
    today = timezone.localdate()
    day = timedelta(days=1)
    now = news.campaign("Ahora", since=today, until=today)
    soon = news.campaign("Luego", since=today + day)
    over = news.campaign("Antes", since=today - 9 * day, until=today - day)
    context = client.get("/campanas/").context
    assert (context["current"], context["coming"], context["past"]) == ([now], [soon], [over])


def test_an_empty_list_says_what_will_be_here(client: Client) -> None:
    news.town()
    assert "Aquí aparecerán las campañas" in client.get("/campanas/").content.decode()


def test_one_names_the_bulletins_and_acts_of_its_topics(client: Client) -> None:
    news.town()
    topic = Topic.objects.get(name="Salud")
    at = timezone.now()
    act = news.act("Vacunación en la plaza", start=at + timedelta(days=2))
    act.topics.set([topic])
    act.save()
    news.act("De otra cosa", start=at + timedelta(days=2))
    bulletin = news.published("Llegan las vacunas", topics=[topic])
    news.published("De otra cosa")
    news.campaign(topics=[topic])
    context = client.get("/campanas/vacuna-a-tu-mascota/").context
    assert (context["bulletins"], context["acts"]) == ([bulletin], [act])


def test_chosen_bulletins_take_the_place_of_those_of_its_topics(client: Client) -> None:
    news.town()
    topic = Topic.objects.get(name="Salud")
    chosen = news.published("La escogida")
    news.published("Del tema", topics=[topic])
    news.campaign(topics=[topic], bulletins=[chosen])
    assert client.get("/campanas/vacuna-a-tu-mascota/").context["bulletins"] == [chosen]


@pytest.mark.parametrize("slug", ["secreta", "embargada", "quitada", "nadie"])
def test_what_is_not_public_is_not_found_and_in_no_list(client: Client, slug: str) -> None:
    news.campaign("Secreta", public=False)
    news.campaign("Embargada", go_live_at=timezone.now() + timedelta(hours=1))
    news.campaign("Quitada").unpublish()
    assert client.get(f"/campanas/{slug}/").status_code == 404
    assert slug not in client.get("/campanas/").content.decode().lower()


def test_hostile_words_stay_words(client: Client) -> None:
    news.campaign(
        HOSTILE[:200],
        summary=HOSTILE,
        call=HOSTILE,
        call_label=HOSTILE[:60],
        call_url="https://muestra.example/?a=%22onclick",
        cover=released_photo(caption=HOSTILE, alt_text=HOSTILE),
        slug="hostil",
        body=[("heading", HOSTILE), ("paragraph", HOSTILE)],
        documents=[("document", {"document": news.document(b"a", "a.pdf"), "title": HOSTILE})],
    )
    for path in ("/", "/campanas/", "/campanas/hostil/"):
        page = client.get(path).content.decode()
        assert [bad for bad in ("<script>alert", "<img src=x") if bad in page] == []


def test_three_cost_no_more_questions_than_one(questions: Callable[[str], int]) -> None:
    news.campaign(cover=released_photo())
    one = questions("/campanas/")
    for title in ("Otra", "Otra más"):
        news.campaign(title, cover=released_photo())
    assert questions("/campanas/") == one
