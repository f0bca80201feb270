from __future__ import annotations

import json
from xml.etree.ElementTree import fromstring

import pytest
from django.test import Client
from django.utils import timezone

from factories.alerts import draft, minor, person, sent
from pregon.alerts import actions as alerts
from pregon.alerts.enums import State, Status
from pregon.alerts.models import Alert
from pregon.website.queries import ALERT_FEED

pytestmark = pytest.mark.django_db


def read(path: str) -> str:
    answer = Client().get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_without_alerts_the_page_says_so_and_no_banner_shows() -> None:
    page = read("/alertas/")
    assert "No hay ninguna alerta vigente" in page
    assert 'class="alert-line' not in read("/")


def test_what_holds_stands_on_top_of_every_page() -> None:
    alert = minor()
    for path in ("/", "/boletines/", "/agenda/", "/alertas/"):
        page = read(path)
        assert f'href="{alert.get_absolute_url()}"' in page
        assert page.index('class="alert-line"') < page.index("<header")


def test_a_drill_has_a_banner_of_another_form_and_a_shelf_of_its_own() -> None:
    alert = sent(status=Status.EXERCISE)
    assert 'class="alert-line drill"' in read("/")
    assert "No hay ninguna alerta vigente" in read("/alertas/")
    alerts.expire_due(at=alert.expires)
    page = read("/alertas/")
    assert "Simulacros" in page and "Terminadas" not in page


def test_a_page_says_what_to_do_who_signs_and_until_when() -> None:
    alert = sent()
    page = read(alert.get_absolute_url())
    for words in (
        "Sal de las zonas bajas ahora",
        "Protección Civil · Villa de Muestra",
        "Vale hasta",
        "Gravedad",
    ):
        assert words in page


def test_an_update_is_read_at_the_same_address_with_what_was_said_before() -> None:
    first = minor()
    second = alerts.update(first, by=person(), at=timezone.now())
    second.headline = "El agua regresa a las 20 h"
    second.save()
    alerts.propose(second, by=person(), at=timezone.now(), word="ALERTA")
    page = read(first.get_absolute_url())
    assert "<h1>Actualización: El agua regresa a las 20 h</h1>" in page and "Lo que se dijo antes" in page


def test_a_drill_that_is_over_is_not_called_an_alert() -> None:
    drill = sent(status=Status.EXERCISE)
    alerts.expire_due(at=drill.expires)
    page = read(drill.get_absolute_url())
    assert ("Este simulacro ya terminó." in page, "Esta alerta ya terminó." in page) == (True, False)
    called_off = sent(status=Status.EXERCISE)
    Alert.objects.filter(pk=called_off.pk).update(state=State.CANCELLED)
    page = read(called_off.get_absolute_url())
    assert ("Este simulacro se canceló." in page, "Esta alerta se canceló." in page) == (True, False)


def test_what_was_a_drill_says_so_on_its_page() -> None:
    alert = sent()
    alerts.it_was_a_drill(alert, by=person(), at=timezone.now())
    page = read(alert.get_absolute_url())
    assert "<h1>Fue un simulacro: no hay emergencia</h1>" in page
    assert 'class="alert-line' not in page


def test_a_draft_has_no_page_and_an_unknown_one_neither() -> None:
    draft()
    for path in ("/alertas/nada/", "/alertas/cap/nada.xml"):
        assert Client().get(path).status_code == 404


def test_the_message_is_served_to_the_letter() -> None:
    alert = minor()
    answer = Client().get(alert.cap_path)
    assert (answer.content.decode(), answer["Content-Type"]) == (alert.xml, "application/xml; charset=utf-8")


def test_the_feed_leads_to_each_message_and_names_who_signs() -> None:
    first, drill = minor(), sent(status=Status.EXERCISE)
    feed = fromstring(read(ALERT_FEED))
    atom = "{http://www.w3.org/2005/Atom}"
    entries = feed.findall(f"{atom}entry")
    links = [entry.find(f"{atom}link[@type='application/cap+xml']") for entry in entries]
    assert [link is not None and link.get("href", "").split("/alertas/")[1] for link in links] == [
        each.cap_path.split("/alertas/")[1] for each in (drill, first)
    ]
    names = [entry.findtext(f"{atom}author/{atom}name") for entry in entries]
    assert names == [
        "SIMULACRO · Protección Civil · Villa de Muestra · SIMULACRO",
        "Protección Civil · Villa de Muestra",
    ]


def test_an_empty_feed_is_a_feed() -> None:
    assert fromstring(read(ALERT_FEED)).tag.endswith("feed")
    assert "Todavía no ha salido ninguna." in read("/alertas/cap/")


def test_the_snapshot_tells_what_holds_and_only_that() -> None:
    assert json.loads(read("/vivo/alerta.json")) == {"alerts": []}
    alert = minor()
    [told] = json.loads(read("/vivo/alerta.json"))["alerts"]
    assert (told["url"], told["drill"], told["severity"]) == (alert.get_absolute_url(), False, "Minor")
    alerts.expire_due(at=alert.expires)
    assert json.loads(read("/vivo/alerta.json")) == {"alerts": []}


def test_a_page_that_comes_back_finds_the_banner_in_its_snapshot() -> None:
    assert json.loads(read("/vivo/sitio.json"))["alerts"] == ""
    alert = minor()
    lines = json.loads(read("/vivo/sitio.json"))["alerts"]
    assert f'href="{alert.get_absolute_url()}"' in lines and lines in read("/")


def test_no_field_brings_a_script_to_the_public() -> None:
    evil = "<script>alert(1)</script>"
    alert = draft(
        "tormenta", event=evil, headline=evil, description=evil, instruction=evil, area=evil, contact=evil
    )
    alert = alerts.propose(alert, by=person(), at=timezone.now(), word="ALERTA")
    for path in (
        "/",
        "/alertas/",
        alert.get_absolute_url(),
        alert.cap_path,
        "/alertas/cap/",
        ALERT_FEED,
        "/vivo/sitio.json",
    ):
        assert evil not in read(path), path


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_whatever_its_length(
    count: int, django_assert_max_num_queries: object
) -> None:
    for _ in range(count):
        minor()
    with django_assert_max_num_queries(20):  # type: ignore[operator]  # a fixture without types
        read("/alertas/")
