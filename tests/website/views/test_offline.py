"""The list that the worker follows, and the page that stands in for one that is not kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.utils import timezone

from factories.alerts import minor, person, sent
from factories.newsroom import draft, published, town
from pregon.alerts import actions as alerts
from pregon.newsroom import actions as newsroom
from pregon.website.views.offline import BULLETINS

pytestmark = pytest.mark.django_db


def test_the_list_names_the_latest_bulletins_with_the_moment_of_their_last_change(client: Client) -> None:
    made = [published(f"Noticia {number}") for number in range(BULLETINS + 1)]
    draft("Lo que nadie ha visto")
    told = client.get("/sin-conexion.json").json()["paginas"]
    newest = made[:0:-1]
    assert list(told) == [
        "/alertas/",
        "/",
        "/boletines/",
        "/agenda/",
        *(one.get_absolute_url() for one in newest),
    ]
    before = told[newest[0].get_absolute_url()]
    newest[0].refresh_from_db()
    newest[0].title = "Noticia corregida"
    newest[0].save_revision().publish()
    after = client.get("/sin-conexion.json").json()["paginas"]
    assert after[newest[0].get_absolute_url()] > before


def moment(told: str) -> datetime:
    """The list tells moments to the millisecond."""
    return datetime.fromisoformat(told)


def to_the_millisecond(at: datetime | None) -> datetime:
    assert at is not None
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def test_alerts_that_hold_come_first_with_the_moment_of_their_last_message_and_their_banner(
    client: Client,
) -> None:
    assert client.get("/sin-conexion.json").json()["paginas"]["/alertas/"] == ""
    flood, leak = sent(), minor()
    told = client.get("/sin-conexion.json").json()
    first = [leak.get_absolute_url(), flood.get_absolute_url()]
    assert list(told["paginas"])[:4] == ["/alertas/", *first, "/"]
    assert [moment(told["paginas"][path]) for path in ("/alertas/", *first)] == [
        to_the_millisecond(one.sent) for one in (leak, leak, flood)
    ]
    assert told["terminadas"] == {}
    assert all(f'href="{path}"' in told["avisos"] for path in first)


def test_an_alert_that_is_updated_has_a_later_moment_under_the_same_address(client: Client) -> None:
    flood = sent()
    editor = person()
    newer = alerts.update(flood, by=editor, at=timezone.now())
    newer = alerts.propose(newer, by=editor, at=timezone.now(), word="alerta")
    newer = alerts.confirm(newer, by=person(), at=timezone.now(), word="alerta")
    told = client.get("/sin-conexion.json").json()
    assert moment(told["paginas"][flood.get_absolute_url()]) == to_the_millisecond(newer.sent)
    assert told["terminadas"] == {}


def test_an_alert_that_is_over_is_asked_for_once_more_and_leaves_the_banner(client: Client) -> None:
    leak = minor()
    alerts.expire_due(at=leak.expires)
    leak.refresh_from_db()
    told = client.get("/sin-conexion.json").json()
    assert leak.get_absolute_url() not in told["paginas"]
    assert moment(told["terminadas"][leak.get_absolute_url()]) == to_the_millisecond(leak.ended_at)
    assert moment(told["paginas"]["/alertas/"]) == to_the_millisecond(leak.ended_at)
    assert told["avisos"] == ""


def test_what_was_withdrawn_is_to_be_forgotten(client: Client) -> None:
    bulletin = published("Aviso equivocado")
    newsroom.withdraw(bulletin, by=None, reason="La fecha no era esa.", at=timezone.now())
    told = client.get("/sin-conexion.json").json()
    assert bulletin.get_absolute_url() not in told["paginas"]
    assert told["retirados"] == [bulletin.get_absolute_url()]


def test_the_list_asks_the_same_of_the_database_for_one_and_for_many(
    questions: Callable[[str], int],
) -> None:
    published("Una")
    one = questions("/sin-conexion.json")
    published("Dos")
    published("Tres")
    assert questions("/sin-conexion.json") == one


def test_the_page_without_a_connection_says_what_is_the_matter_and_stays_out_of_search_engines(
    client: Client,
) -> None:
    town()
    page = client.get("/sin-conexion/").content.decode()
    assert "Esta página no está guardada aquí" in page
    assert '<meta name="robots" content="noindex">' in page
    assert '<ul class="kept-list"></ul>' in page
