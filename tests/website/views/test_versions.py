"""The archive as it is opened on the desk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from pregon.accounts import actions as accounts
from pregon.accounts.enums import Role
from pregon.core.home import Home
from pregon.website.actions import archiving
from pregon.website.models import PageVersion
from pregon.website.values import Answer
from pregon.website.views.versions import path_of

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
PATH = "/boletines/2026-001-uno/"


@pytest.fixture
def version(home: Home) -> PageVersion:
    for hour, words in enumerate(("Lo primero.", "Lo segundo.")):
        body = f"<html><body class='x'><main>{words}</main><script src='/a.js'></script></body>".encode()
        archiving.archive(PATH, Answer(status=200, body=body), at=NOON + timedelta(hours=hour))
    return PageVersion.objects.earliest("since")


def signed_in(client: Client, role: Role) -> Client:
    person = accounts.hire(
        f"{role.name.lower()}@muestra.example", password="x" * 20, roles=[role], name="Persona"
    )
    client.force_login(person)
    return client


def test_a_version_says_on_its_face_when_it_was_and_runs_nothing(
    client: Client, version: PageVersion
) -> None:
    answer = signed_in(client, Role.TRANSPARENCY).get(f"/escritorio/versiones/{version.pk}/pagina/")
    page = answer.content.decode()
    assert "Así se veía el 20 de noviembre de 2026 a las 12:00 h. No es la página vigente." in page
    assert page.index("Así se veía") < page.index("Lo primero.")
    policy = answer.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert policy.startswith("default-src 'none'")
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_moment_leads_to_what_stood_then(client: Client, version: PageVersion) -> None:
    desk = signed_in(client, Role.TRANSPARENCY)
    asked = {"pagina": f"https://muestra.example{PATH}", "fecha": "2026-11-20", "hora": "12:30"}
    found = desk.get("/escritorio/versiones/", asked)
    before = desk.get("/escritorio/versiones/", asked | {"hora": "11:00"})
    assert found.headers["Location"] == f"/escritorio/versiones/{version.pk}/"
    assert (
        "De esa página no hay versión del 20 de noviembre de 2026 a las 11:00 h." in before.content.decode()
    )


def test_the_last_day_of_the_calendar_is_a_day_like_others(client: Client, version: PageVersion) -> None:
    asked = {"pagina": PATH, "fecha": "9999-12-31"}
    answer = signed_in(client, Role.TRANSPARENCY).get("/escritorio/versiones/", asked)
    assert answer.status_code in (200, 302)


def test_the_versions_of_a_page_are_listed_and_lead_to_each_other(
    client: Client, version: PageVersion
) -> None:
    desk = signed_in(client, Role.TRANSPARENCY)
    listed = desk.get("/escritorio/versiones/", {"pagina": PATH}).content.decode()
    shown = desk.get(f"/escritorio/versiones/{version.pk}/").content.decode()
    later = PageVersion.objects.latest("since")
    assert listed.count(f"/escritorio/versiones/{version.pk}/") == 1
    assert f"/escritorio/versiones/{later.pk}/" in shown
    assert "<iframe" in shown
    assert "sandbox" in shown


@pytest.mark.parametrize("place", ["", "{pk}/", "{pk}/pagina/"])
def test_who_may_not_see_them_is_refused(client: Client, version: PageVersion, place: str) -> None:
    address = f"/escritorio/versiones/{place.format(pk=version.pk)}"
    stranger = client.get(address)
    assert stranger.status_code == 302
    writer = signed_in(client, Role.EDITOR).get(address)
    assert writer.status_code in (302, 403)
    assert "Lo primero." not in writer.content.decode()


def test_a_version_whose_file_is_lost_is_not_found(client: Client, version: PageVersion) -> None:
    archiving.file_of(version.digest).unlink()
    answer = signed_in(client, Role.TRANSPARENCY).get(f"/escritorio/versiones/{version.pk}/pagina/")
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("/", "/"),
        ("agenda/", "/agenda/"),
        ("https://muestra.example/plan/?x=1", "/plan/"),
        (" /a%C3%B1o/ ", "/año/"),
        ("http://[", "/http://[/"),
        ("/boletines/pozo", "/boletines/pozo/"),
        ("/rss.xml", "/rss.xml"),
        ("/a%00/", "/a/"),
    ],
)
def test_an_address_is_understood_as_it_was_pasted(written: str, path: str) -> None:
    assert path_of(written) == path


def test_the_way_to_the_archive_is_shown_to_who_may_open_it(client: Client, version: PageVersion) -> None:
    there = "/escritorio/versiones/"
    assert there in signed_in(client, Role.TRANSPARENCY).get("/escritorio/").content.decode()
    assert there not in signed_in(Client(), Role.EDITOR).get("/escritorio/").content.decode()
