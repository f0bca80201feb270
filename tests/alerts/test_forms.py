from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from factories.alerts import draft
from pregon.alerts.enums import Status
from pregon.alerts.forms import AlertForm, BeginForm, JustificationForm, WordForm
from pregon.alerts.models import AlertTemplate

pytestmark = pytest.mark.django_db


def test_the_form_asks_one_question_for_each_word_that_is_missing() -> None:
    form = BeginForm(AlertTemplate.objects.get(slug="inundacion"))
    assert list(form.slots.values()) == ["lugar", "albergue"]
    assert [str(form.fields[name].label) for name in form.slots] == ["Lugar", "Albergue"]


def test_what_was_typed_goes_to_its_slot() -> None:
    form = BeginForm(
        AlertTemplate.objects.get(slug="inundacion"), {"status": Status.EXERCISE, "palabra-0": "La Loma"}
    )
    assert form.is_valid()
    assert form.words == {"lugar": "La Loma", "albergue": ""}


def test_what_is_read_first_is_asked_first_and_the_rest_is_folded() -> None:
    form = AlertForm(instance=draft())
    assert [field.name for field in form.plain_fields] == [
        "headline",
        "instruction",
        "description",
        "severity",
        "expires",
        "localities",
    ]
    assert {field.name for field in form.careful_fields} == set(AlertForm.careful)


def test_an_area_is_kept_as_it_is_sent() -> None:
    alert = draft()
    data = {field.name: field.value() for field in AlertForm(instance=alert)} | {
        "polygon": "19.9, -103.0\n19.8,-103.10 19.7,-103.0  19.90,-103",
        "circle": "",
        "expires": (timezone.localtime() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"),
        "onset": "",
        "localities": [],
    }
    form = AlertForm(data, instance=alert)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["polygon"] == "19.9,-103 19.8,-103.1 19.7,-103 19.9,-103"


def test_an_alert_that_ends_with_the_calendar_is_asked_about() -> None:
    form = AlertForm({"expires": "9999-12-31T23:59"}, instance=draft())
    assert form.errors["expires"] == ["Revisa el año: va de 1800 a 2099."]


def test_the_word_is_asked_for_by_name_and_a_justification_cannot_be_empty() -> None:
    assert "ALERTA" in str(WordForm()["word"].label)
    assert JustificationForm({"justification": " "}).is_valid() is False
