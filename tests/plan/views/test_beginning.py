"""Another year, and its targets."""

from __future__ import annotations

import pytest
from django.test import Client

from factories.plan import moment
from pregon.plan import actions
from pregon.plan.models import Plan

AT = moment("2026-11-20")


def test_a_year_is_begun_on_the_desk_and_leads_to_its_targets(head: Client, plan: Plan) -> None:
    page = head.get(f"/escritorio/plan/{plan.pk}/otro-ano/").content.decode()
    assert 'value="2027"' in page
    answer = head.post(f"/escritorio/plan/{plan.pk}/otro-ano/", {"year": "2027"})
    begun = Plan.objects.get(year=2027)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/escritorio/plan/{begun.pk}/metas/")
    again = head.post(f"/escritorio/plan/{plan.pk}/otro-ano/", {"year": "2027"})
    assert "Ya hay un plan de 2027" in again.content.decode()
    assert Plan.objects.count() == 2


@pytest.mark.parametrize("year", ["", "veinte", "2026", "9999", "-1"])
def test_a_year_that_cannot_be_begun_is_said_on_the_form(head: Client, plan: Plan, year: str) -> None:
    answer = head.post(f"/escritorio/plan/{plan.pk}/otro-ano/", {"year": year})
    assert answer.status_code == 200
    assert "error-message" in answer.content.decode()
    assert Plan.objects.count() == 1


def test_targets_are_walked_one_by_one_kept_or_changed_with_one_press(head: Client, plan: Plan) -> None:
    begun = actions.begin_year(plan, 2027, by=None, at=AT)
    url = f"/escritorio/plan/{begun.pk}/metas/"
    page = head.get(url).content.decode()
    assert [
        words in page for words in ("0 de 4 metas revisadas", "Dejarla en 100", "Lo que se prometió en 2026")
    ] == [True] * 3
    head.post(f"{url}?meta=actos-cubiertos", {"keep": ""})
    page = head.get(url).content.decode()
    assert "1 de 4 metas revisadas" in page
    assert "?meta=redes-al-dia" in page
    head.post(
        f"{url}?meta=redes-al-dia", {"change": "", "target": "90", "target_text": "Nueve de cada diez días"}
    )
    assert list(begun.indicators.values_list("target", "target_text", "review_due"))[:2] == [
        (100, "Todos los actos oficiales", False),
        (90, "Nueve de cada diez días", False),
    ]
    for code in ("difusion-producida", "formatos-transparencia"):
        head.post(f"{url}?meta={code}", {"keep": ""})
    assert "Todas las metas están revisadas" in head.get(url).content.decode()
    assert begun.indicators.filter(reviewed_by__email="titular@muestra.example").count() == 4


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("casi todo", "Escribe la meta con cifras"), ("", "Escribe la meta nueva, o deja la que estaba.")],
)
def test_a_target_that_is_no_number_is_asked_for_again_and_nothing_is_reviewed(
    head: Client, plan: Plan, typed: str, sentence: str
) -> None:
    begun = actions.begin_year(plan, 2027, by=None, at=AT)
    answer = head.post(
        f"/escritorio/plan/{begun.pk}/metas/?meta=redes-al-dia", {"change": "", "target": typed}
    )
    assert sentence in answer.content.decode()
    assert begun.indicators.get(code="redes-al-dia").review_due


def test_a_target_that_is_not_there_is_not_found(head: Client, plan: Plan) -> None:
    assert head.post(f"/escritorio/plan/{plan.pk}/metas/?meta=otra", {"keep": ""}).status_code == 404


@pytest.mark.parametrize("path", ["otro-ano", "metas"])
def test_whoever_may_only_read_begins_no_year_and_reviews_no_target(
    reader: Client, plan: Plan, path: str
) -> None:
    url = f"/escritorio/plan/{plan.pk}/{path}/?meta=redes-al-dia"
    assert reader.get(url).headers["Location"] == "/escritorio/"
    assert reader.post(url, {"year": "2027", "keep": ""}).headers["Location"] == "/escritorio/"
    assert Plan.objects.count() == 1
    assert plan.indicators.get(code="redes-al-dia").reviewed_at is None
