"""What a measure would have said."""

from __future__ import annotations

import pytest
from django.test import Client

from factories.plan import bulletin
from pregon.plan import registry
from pregon.plan.contract import Question, Reading

PREVIEW = "/escritorio/plan/medida/vista/"


def test_the_preview_shows_the_past_months_and_the_records_behind_them(reader: Client) -> None:
    bulletin("2026-11-10", title="Calle lista")
    page = reader.get(PREVIEW, {"measure": "bulletins_published"}).content.decode()
    assert "Noviembre 2026" in page
    assert "Calle lista" in page


def test_a_part_of_it_stands_in_the_form_that_chooses_a_measure(reader: Client) -> None:
    part = reader.get(PREVIEW, {"measure": "bulletins_published", "parte": "1"}).content.decode()
    assert "<html" not in part
    assert "En estos doce meses no hay ningún registro así." in part


def test_what_cannot_be_asked_is_told_and_never_breaks(reader: Client) -> None:
    answer = reader.get(PREVIEW, {"measure": "acts_covered", "about_channel": "telegram"})
    assert answer.status_code == 200
    assert "no se puede separar así" in answer.content.decode()
    assert reader.get(PREVIEW, {"measure": "likes", "parte": "1"}).status_code == 200


def test_a_measure_that_breaks_is_told_in_a_sentence(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(question: Question) -> Reading:
        raise ZeroDivisionError(question)

    monkeypatch.setattr(registry, "_measures", dict(registry._measures))
    registry.measure("breaking", title="Visitas", how="", parameters=[], reads=[])(breaks)
    bulletin("2026-11-10")
    answer = reader.get(PREVIEW, {"measure": "breaking", "parte": "1"})
    assert answer.status_code == 200
    assert "No se pudo medir «Visitas»." in answer.content.decode()


def test_a_stranger_sees_no_preview(stranger: Client) -> None:
    assert stranger.get(PREVIEW).status_code in {302, 403}
