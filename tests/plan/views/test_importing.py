"""A document becomes a plan on the desk."""

from __future__ import annotations

from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http.response import HttpResponse, HttpResponseBase
from django.test import Client

from factories.documents import SEEDS
from factories.plan import moment
from pregon.plan.models import Plan, PlanDraft


def handed_in(client: Client, name: str = "mazamitla.txt", content: bytes | None = None) -> HttpResponseBase:
    file = SimpleUploadedFile(name, content if content is not None else (SEEDS / name).read_bytes())
    return client.post("/escritorio/plan/importar/", {"file": file})


def confirmed(client: Client, **other: object) -> HttpResponseBase:
    draft = PlanDraft.objects.get()
    fields = {
        "title": "Plan operativo anual",
        "year": 2026,
        "kind": "poa",
        "unit_name": "Comunicación Social",
        "key": "Comunicacion_Social",
    }
    return client.post(f"/escritorio/plan/importar/{draft.pk}/", fields | other)


@pytest.mark.parametrize("name", ["mazamitla.txt", "ocotlan.txt"])
def test_a_document_is_shown_line_by_line_beside_its_plan(head: Client, name: str) -> None:
    answer = handed_in(head, name)
    draft = PlanDraft.objects.get()
    assert answer.headers["Location"] == f"/escritorio/plan/importar/{draft.pk}/"
    page = unescape(head.get(answer.headers["Location"]).content.decode())
    said = [" ".join(line.split()) for line in (SEEDS / name).read_text(encoding="utf-8").split("\n")]
    shown = " ".join(page.replace(" | ", " ").replace("· ", "").split())
    assert [line for line in said if line not in shown] == []
    assert "Cargar el plan" in page
    assert not Plan.objects.exists()


def test_what_was_confirmed_is_loaded_once_with_what_was_corrected(head: Client) -> None:
    handed_in(head)
    answer = confirmed(head)
    plan = Plan.objects.get()
    assert (plan.slug, plan.title, plan.calendar_year) == (
        "comunicacion-social-2026",
        "Plan operativo anual",
        2019,
    )
    assert (plan.indicators.count(), plan.activities.count()) == (4, 6)
    assert answer.headers["Location"] == f"/escritorio/plan/{plan.pk}/"
    assert confirmed(head, key="otra").headers["Location"] == answer.headers["Location"]
    assert Plan.objects.count() == 1


def test_the_targets_of_a_document_of_another_year_are_to_be_reviewed(head: Client) -> None:
    handed_in(head)
    confirmed(head)
    assert set(Plan.objects.get().indicators.values_list("review_due", flat=True)) == {True}


def test_a_year_that_no_document_names_moves_nothing(head: Client) -> None:
    handed_in(head, "plan.txt", "MISIÓN\nInformar.\nID\tIndicador\tMeta\n1\tCobertura\t90%\n".encode())
    confirmed(head, year=2031)
    assert set(Plan.objects.get().indicators.values_list("plan__year", "review_due")) == {(2031, False)}


def test_a_plan_that_stands_is_replaced_only_when_somebody_says_so(head: Client, plan: Plan) -> None:
    handed_in(head)
    page = confirmed(head, key="comunicacion-social").content.decode()  # type: ignore[attr-defined]
    assert "márcalo para reemplazarlo" in page
    assert Plan.objects.get().title == plan.title
    confirmed(head, key="comunicacion-social", replacing="on")
    assert Plan.objects.get().title == "Plan operativo anual"


def test_what_cannot_be_read_is_told_beside_the_field_and_kept_nowhere(head: Client) -> None:
    answer = handed_in(head, "plan.pdf", b"%PDF-1.7")
    assert "es un PDF" in answer.content.decode()  # type: ignore[attr-defined]
    assert not PlanDraft.objects.exists()


def test_a_document_can_be_put_aside_and_stays_in_the_list(head: Client) -> None:
    handed_in(head)
    confirmed(head, drop="1")
    page = head.get("/escritorio/plan/importar/").content.decode()
    assert [word in page for word in ("mazamitla.txt", "Descartado")] == [True, True]
    again = head.get(f"/escritorio/plan/importar/{PlanDraft.objects.get().pk}/").content.decode()
    assert [word in again for word in ("súbelo otra vez", "Cargar el plan")] == [True, False]
    assert not Plan.objects.exists()


def test_only_who_may_add_a_plan_imports_one(head: Client, reader: Client) -> None:
    handed_in(head)
    pk = PlanDraft.objects.get().pk
    addresses = ("/escritorio/plan/importar/", f"/escritorio/plan/importar/{pk}/")
    assert [reader.get(address).headers["Location"] for address in addresses] == ["/escritorio/"] * 2


@pytest.mark.parametrize("key", ["---", "__"])
def test_a_key_of_nothing_but_dashes_is_asked_for_again(head: Client, key: str) -> None:
    handed_in(head)
    answer = confirmed(head, key=key)
    assert isinstance(answer, HttpResponse)
    assert "letras o cifras" in answer.content.decode()
    assert Plan.objects.count() == 0


def test_a_document_that_is_not_read_any_more_leads_back_to_the_list(head: Client) -> None:
    row = PlanDraft.objects.create(name="viejo.txt", content=b"\0", digest="0" * 64, at=moment("2026-11-20"))
    url = f"/escritorio/plan/importar/{row.pk}/"
    for answer in (head.get(url), head.post(url, {"key": "otra"})):
        assert answer.headers["Location"] == "/escritorio/plan/importar/"
    assert "no es un documento que sepamos leer" in head.get("/escritorio/plan/importar/").content.decode()
