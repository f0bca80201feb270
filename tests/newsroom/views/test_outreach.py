from __future__ import annotations

import csv

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from factories.accounts import UserFactory
from factories.newsroom import draft, published, shelf
from factories.website import HOSTILE
from pregon.accounts.enums import Role
from pregon.accounts.models import Office
from pregon.analytics.enums import Source
from pregon.analytics.models import PageViews
from pregon.newsroom.actions.workflow import ensure_page_permissions

pytestmark = pytest.mark.django_db


def come_in(client: Client, role: Role | None) -> Client:
    ensure_page_permissions(shelf())
    client.force_login(UserFactory.create(roles=[role] if role else []))
    return client


def read(path: str, views: int) -> None:
    day = timezone.localdate(timezone=Office.load().zone)
    PageViews.objects.create(path=path, day=day, source=Source.FACEBOOK, views=views)


def test_a_bulletin_tells_its_views_and_that_they_are_no_people(client: Client) -> None:
    bulletin = published()
    read(bulletin.get_absolute_url(), 1234)
    page = (
        come_in(client, Role.HEAD).get(reverse("newsroom_desk:outreach", args=[bulletin.pk])).content.decode()
    )
    told = [
        "<b>1,234</b> vistas",
        "Facebook",
        "Son vistas, no personas.",
        "Las vistas de cada hora, en una tabla",
    ]
    assert [words in page for words in told] == [True] * 4


def test_its_sheet_leads_there(client: Client) -> None:
    bulletin = published()
    sheet = (
        come_in(client, Role.EDITOR).get(reverse("newsroom_desk:sheet", args=[bulletin.pk])).content.decode()
    )
    assert f'href="{reverse("newsroom_desk:outreach", args=[bulletin.pk])}"' in sheet


def test_words_that_try_to_become_script_stay_words(client: Client) -> None:
    bulletin = published(HOSTILE)
    read(bulletin.get_absolute_url(), 3)
    read("/boletines/<script>alert(1)</script>/", 3)
    come_in(client, Role.HEAD)
    for address in (reverse("newsroom_desk:overview"), reverse("newsroom_desk:outreach", args=[bulletin.pk])):
        assert "<script>alert(" not in client.get(address).content.decode()


def test_the_file_holds_the_same_figures(client: Client) -> None:
    bulletin = published()
    read(bulletin.get_absolute_url(), 7)
    read("/", 2)
    come_in(client, Role.HEAD)
    for name, arguments, lines in (("outreach_csv", [bulletin.pk], 2), ("overview_csv", [], 3)):
        answer = client.get(reverse(f"newsroom_desk:{name}", args=arguments))
        text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]  # it streams
        rows = list(csv.reader(text.splitlines()))
        assert (len(rows), rows[0][3], rows[-1][1:]) == (
            lines,
            "vistas",
            [bulletin.get_absolute_url(), "Facebook", "7"],
        )
        assert answer["Content-Disposition"].endswith('.csv"')


def test_without_any_views_the_pages_say_so(client: Client) -> None:
    bulletin = published()
    come_in(client, Role.HEAD)
    overview = client.get(reverse("newsroom_desk:overview")).content.decode()
    assert "Todavía no hay vistas que contar." in overview
    page = client.get(reverse("newsroom_desk:outreach", args=[bulletin.pk])).content.decode()
    assert "Nadie ha llegado todavía" in page


@pytest.mark.parametrize(
    ("role", "status"), [(Role.READER, 200), (Role.EDITOR, 200), (Role.PHOTOGRAPHER, 302)]
)
def test_who_may_see_what_goes_out_may_see_how_far_it_came(client: Client, role: Role, status: int) -> None:
    come_in(client, role)
    assert client.get(reverse("newsroom_desk:overview")).status_code == status
    assert client.get(reverse("newsroom_desk:overview_csv")).status_code == status


def test_a_draft_has_no_reach(client: Client) -> None:
    come_in(client, Role.HEAD)
    assert client.get(reverse("newsroom_desk:outreach", args=[draft().pk])).status_code == 404
