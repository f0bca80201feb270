from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from factories.accounts import UserFactory
from factories.newsroom import draft, published, shelf
from pregon.accounts.enums import Role
from pregon.accounts.models import User
from pregon.newsroom import actions as newsroom
from pregon.newsroom.actions.workflow import ensure_page_permissions, ensure_workflow
from pregon.newsroom.models import Bulletin
from pregon.newsroom.viewsets import TONES, Stage, sheet_or_editor, stage_words, staged

pytestmark = pytest.mark.django_db


def stage(bulletin: Bulletin) -> str:
    found: str = staged(Bulletin.objects.filter(pk=bulletin.pk)).values_list("stage", flat=True).get()
    return found


def folios(client: Client, **query: str) -> list[str]:
    answer = client.get(reverse("boletines:index"), query)
    return [shown.title for shown in answer.context["object_list"]]


@pytest.fixture
def editor(client: Client) -> Client:
    ensure_page_permissions(shelf())
    client.force_login(UserFactory.create(roles=[Role.EDITOR]))
    return client


def test_every_stage_has_a_tone() -> None:
    assert set(TONES) == set(Stage)


def test_a_bulletin_passes_through_its_stages() -> None:
    head: User = UserFactory.create(roles=[Role.HEAD])
    ensure_workflow(shelf())
    ensure_page_permissions(shelf())
    bulletin = draft()
    bulletin.save_revision()
    seen = [stage(bulletin)]
    bulletin.get_workflow().start(bulletin, head)
    seen.append(stage(bulletin))
    newsroom.publish(bulletin, by=head)
    seen.append(stage(bulletin))
    bulletin = Bulletin.objects.get(pk=bulletin.pk)
    bulletin.lead = "El andador reabrió el viernes."
    newsroom.correct(bulletin, change="El día.", reason="Estaba mal.", by=head, at=timezone.now())
    seen.append(stage(bulletin))
    newsroom.withdraw(bulletin, reason="No era cierto.", by=head, at=timezone.now())
    seen.append(stage(bulletin))
    assert seen == [Stage.DRAFT, Stage.REVIEW, Stage.PUBLISHED, Stage.CORRECTED, Stage.WITHDRAWN]


def test_an_embargo_says_until_when() -> None:
    bulletin = draft(go_live_at=timezone.now() + timedelta(days=1))
    newsroom.publish(bulletin, by=None)
    assert stage(bulletin) == Stage.EMBARGOED
    hour = datetime(2026, 11, 23, 12, 57, tzinfo=UTC)
    assert stage_words(Stage.EMBARGOED, hour) == "Embargado hasta el 23 de noviembre, 6:57"


def test_what_went_out_opens_its_sheet_and_the_rest_the_editor() -> None:
    out, writing = published(), draft("Otro")
    assert sheet_or_editor(out) == reverse("newsroom_desk:sheet", args=[out.pk])
    assert sheet_or_editor(writing).startswith(reverse("wagtailadmin_pages:edit", args=[writing.pk]))


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
