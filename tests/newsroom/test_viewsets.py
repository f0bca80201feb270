from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from factories.accounts import UserFactory
from factories.newsroom import draft, published, shelf
from pregon.accounts.enums import Role
from pregon.newsroom.actions.workflow import ensure_page_permissions
from pregon.newsroom.queries import Stage

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def folios(client: Client, **query: str) -> list[str]:
    answer = client.get(reverse("boletines:index"), query)
    return [shown.title for shown in answer.context["object_list"]]


@pytest.fixture
def editor(client: Client) -> Client:
    ensure_page_permissions(shelf())
    client.force_login(UserFactory.create(roles=[Role.EDITOR]))
    return client


def test_the_list_is_found_by_folio_by_words_and_by_stage(editor: Client) -> None:
    out = published("Reabre el andador")
    draft("Vacunación antirrábica").save_revision()
    assert folios(editor, q=out.folio) == ["Reabre el andador"]
    assert folios(editor, q="vacunacion") == ["Vacunación antirrábica"]
    assert folios(editor, stage=Stage.DRAFT.value) == ["Vacunación antirrábica"]


def test_the_list_costs_the_same_with_one_bulletin_and_with_three(editor: Client) -> None:
    spent = []
    for number in range(3):
        published(f"Boletín {number}")
        folios(editor)
        with CaptureQueriesContext(connection) as queries:
            folios(editor)
        spent.append(len(queries))
    assert spent[0] == spent[2]


def test_who_writes_nothing_has_no_list(client: Client) -> None:
    client.force_login(UserFactory.create(roles=[Role.READER]))
    assert client.get(reverse("boletines:index"))["Location"] == reverse("wagtailadmin_home")
