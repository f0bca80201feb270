"""What a reader writes is brought into one spelling, or refused with a sentence."""

from __future__ import annotations

import pytest

from factories.newsroom import town
from pregon.website.forms import PreferencesForm, SearchForm, SubscribeForm

pytestmark = pytest.mark.django_db


def test_an_address_is_kept_in_small_letters() -> None:
    form = SubscribeForm({"correo": "Vecina@Muestra.EXAMPLE", "acepto": "on"})
    assert form.is_valid()
    assert form.cleaned_data["correo"] == "vecina@muestra.example"


def test_choosing_nothing_is_a_choice() -> None:
    assert PreferencesForm({}).is_valid()


def test_an_unknown_choice_is_refused() -> None:
    assert not PreferencesForm({"temas": ["99999"]}).is_valid()


@pytest.mark.postgresql
@pytest.mark.parametrize("key", ["9" * 19, "9" * 40, "9" * 5000])
def test_a_choice_that_no_database_could_hold_is_as_unknown(key: str) -> None:
    form = PreferencesForm({"temas": [key], "localidades": [key]})
    assert set(form.errors) == {"temas", "localidades"}


@pytest.mark.parametrize("told", [5, True, {"a": 1}, "uno"])
def test_what_is_no_list_of_choices_is_refused(told: object) -> None:
    assert set(PreferencesForm({"temas": told}).errors) == {"temas"}


@pytest.mark.parametrize(("data", "narrowed"), [({"q": "x"}, False), ({"tema": "salud"}, True), ({}, False)])
def test_filters_open_when_one_is_in_use(data: dict[str, str], narrowed: bool) -> None:
    town()
    assert SearchForm(data).narrowed is narrowed
