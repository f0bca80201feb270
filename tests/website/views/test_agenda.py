"""The agenda shows what is announced, in the office's own days."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from factories.library import AlbumFactory
from factories.newsroom import act, published, town
from factories.website import HOSTILE, ready_photo, released_photo
from pregon.accounts.models import Locality
from pregon.agenda.enums import State

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


def names(days: Any) -> list[tuple[int, list[str]]]:
    return [(day.day, [one.title for one in acts]) for day, acts in days]


@pytest.fixture(autouse=True)
def friday() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def test_what_comes_is_listed_by_local_day(client: Client) -> None:
    act("De anoche", start=NOW - timedelta(days=1))
    act("De hoy", start=NOW - timedelta(hours=2))
    # Three in the morning in Greenwich is still the evening before in the town.
    act("De esta noche", start=datetime(2026, 11, 21, 3, 0, tzinfo=UTC))
    act("De mañana", start=NOW + timedelta(days=1))
    answer = client.get("/agenda/")
    assert names(answer.context["days"]) == [(20, ["De hoy", "De esta noche"]), (21, ["De mañana"])]
    assert answer.cookies == {}


def test_an_empty_agenda_says_what_will_be_here(client: Client) -> None:
    town()
    assert "No hay actos públicos anunciados por ahora." in client.get("/agenda/").content.decode()
    assert "No hay actos públicos anunciados este mes." in client.get("/agenda/2026/11/").content.decode()


def test_a_month_has_whole_weeks_and_only_its_own_acts(client: Client) -> None:
    act("De noviembre", start=NOW)
    act("De diciembre", start=NOW + timedelta(days=30))
    answer = client.get("/agenda/2026/11/")
    weeks = answer.context["weeks"]
    assert [len(week) for week in weeks] == [7] * 6
    inside = [(day.day.day, one.title) for week in weeks for day in week for one in day.acts]
    assert inside == [(20, "De noviembre")]
    assert answer.context["previous"] is None
    assert answer.context["following"].month == 12


def test_months_without_end_are_not_linked(client: Client) -> None:
    act("De noviembre", start=NOW)
    act("De marzo", start=NOW + timedelta(days=115))
    answer = client.get("/agenda/2027/03/")
    assert (answer.context["previous"].month, answer.context["following"]) == (12, None)
    assert [client.get(f"/agenda/{month}/").status_code for month in ("2027/02", "2027/04")] == [404, 404]


@pytest.mark.parametrize("path", ["/agenda/", "/agenda/2026/11/"])
def test_what_is_not_announced_does_not_show(client: Client, path: str) -> None:
    act("A la vista", start=NOW)
    act("Acto interno secreto", start=NOW, public=False)
    act("Anuncio secreto", start=NOW, public_from=NOW + timedelta(hours=1))
    assert names(client.get(path).context["days"]) == [(20, ["A la vista"])]


@pytest.mark.parametrize("path", ["/agenda/", "/agenda/2026/11/"])
def test_three_acts_cost_no_more_questions_than_one(questions: Callable[[str], int], path: str) -> None:
    act("Uno", start=NOW)
    one = questions(path)
    act("Dos", start=NOW)
    act("Tres", start=NOW + timedelta(days=1))
    assert questions(path) == one


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (State.CONFIRMED, "Se realizará como está anunciado."),
        (State.TENTATIVE, "La hora o el lugar pueden cambiar: vuelve a mirar antes de salir."),
        (State.POSTPONED, "No se realizará en la fecha anunciada. Aquí aparecerá la nueva."),
        (State.CANCELLED, "Este acto no se realizará."),
    ],
)
def test_an_act_says_its_state_in_words(client: Client, state: State, sentence: str) -> None:
    page = client.get(act(start=NOW + timedelta(days=1), state=state).get_absolute_url()).content.decode()
    assert sentence in page


def test_an_act_gives_its_hour_map_and_calendar(client: Client) -> None:
    found = act("Desfile", start=NOW + timedelta(days=1), latitude="19.915900", longitude="-103.019800")
    page = client.get(found.get_absolute_url()).content.decode()
    assert "Sábado 21 de noviembre de 2026, 12:00 h" in page
    assert "mlat=19.915900&amp;mlon=-103.019800" in page
    assert f'href="{found.get_absolute_url()}acto.ics"' in page


def test_a_past_or_cancelled_act_is_not_offered_to_calendars(client: Client) -> None:
    past, off = act(start=NOW - timedelta(days=1)), act(start=NOW + timedelta(days=1), state=State.CANCELLED)
    for one in (past, off):
        assert "acto.ics" not in client.get(one.get_absolute_url()).content.decode()


def test_an_act_shows_its_public_bulletin_and_album(client: Client) -> None:
    album = AlbumFactory(slug="album-del-acto")
    released_photo(album=album)
    found = act("Desfile", start=NOW, album=album)
    bulletin = published("Así fue el desfile", act=found)
    answer = client.get(found.get_absolute_url())
    assert list(answer.context["bulletins"]) == [bulletin]
    assert answer.context["album"] == album


def test_an_act_keeps_an_unreleased_album_to_itself(client: Client) -> None:
    album = AlbumFactory(title="Álbum secreto", slug="album-secreto")
    ready_photo(album=album, caption="Foto secreta")
    page = client.get(act("Desfile", start=NOW, album=album).get_absolute_url()).content.decode()
    assert "secret" not in page


@pytest.mark.parametrize("hidden", [{"public": False}, {"public_from": NOW + timedelta(hours=1)}])
def test_an_act_that_is_not_announced_is_not_found(client: Client, hidden: dict[str, Any]) -> None:
    assert client.get(act(start=NOW, **hidden).get_absolute_url()).status_code == 404


def test_hostile_words_stay_words_in_page_and_data(client: Client) -> None:
    found = act(HOSTILE, slug="hostil", start=NOW, place=HOSTILE, description=HOSTILE)
    page = client.get(found.get_absolute_url()).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    data = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert data
    assert json.loads(data[1])["name"] == HOSTILE


def test_days_turn_at_the_midnight_of_the_office(client: Client) -> None:
    office = town()
    office.time_zone = "Asia/Tokyo"
    office.save()
    act("Temprano", start=timezone.now())
    assert names(client.get("/agenda/").context["days"]) == [(21, ["Temprano"])]


# --- Where it is --------------------------------------------------------------------------------------------


def test_an_act_without_coordinates_says_its_place_and_links_to_a_search(client: Client) -> None:
    page = client.get(act(start=NOW).get_absolute_url()).content.decode()
    assert ("map-sheet" in page, "geo:" in page) == (False, False)
    assert "https://www.openstreetmap.org/search?query=Plaza%20principal%2C%20Villa%20de%20Muestra" in page


def test_an_act_with_coordinates_is_drawn_among_the_localities_and_opens_the_readers_own_map(
    client: Client,
) -> None:
    town()
    Locality.objects.filter(name="La Loma").update(latitude="20.36", longitude="-102.76")
    placed = act(latitude="20.351389", longitude="-102.768056")
    page = client.get(placed.get_absolute_url()).content.decode()
    assert 'aria-label="Plaza principal, a 1.3 km al suroeste de La Loma en línea recta."' in page
    assert 'href="geo:20.351389,-102.768056?q=20.351389,-102.768056"' in page
    assert "?mlat=20.351389&amp;mlon=-102.768056#map=17/20.351389/-102.768056" in page
    assert "map-sheet" in page


def test_an_act_asks_the_same_of_the_database_for_one_locality_and_for_many(
    questions: Callable[[str], int],
) -> None:
    path = act(latitude="20.351389", longitude="-102.768056").get_absolute_url()
    one = questions(path)
    for number in range(5):
        Locality.objects.create(
            name=f"Loma {number}", slug=f"loma-{number}", latitude=f"20.3{number}", longitude="-102.7"
        )
    assert questions(path) == one


def test_an_act_to_come_is_entered_into_the_readers_calendar(client: Client) -> None:
    coming = act(start=NOW + timedelta(days=2))
    page = client.get(coming.get_absolute_url()).content.decode()
    assert f'href="{coming.get_absolute_url()}acto.ics"' in page
    assert 'href="https://calendar.google.com/calendar/render?action=TEMPLATE&amp;text=Reapertura' in page
    assert 'href="https://outlook.live.com/calendar/0/deeplink/compose?path=' in page
    over = client.get(act("Ayer", start=NOW - timedelta(days=2)).get_absolute_url()).content.decode()
    assert "calendar.google.com" not in over


def test_the_agenda_is_subscribed_to_by_the_scheme_of_calendars(client: Client) -> None:
    town()
    assert 'href="webcal://testserver/agenda.ics"' in client.get("/agenda/").content.decode()


def test_a_picture_of_an_act_that_is_not_public_is_not_there(client: Client) -> None:
    hidden = act(public=False, latitude="20.351389", longitude="-102.768056")
    assert client.get(f"{hidden.get_absolute_url()}mapa.webp").status_code == 404
