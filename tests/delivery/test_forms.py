from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import pytest
from django import forms

from factories.delivery import KeyedChannel, SpokenChannel
from pregon.delivery.contract import Options, option
from pregon.delivery.forms import LedgerFilterForm, ModeForm, OfficeChannelForm, options_form

pytestmark = pytest.mark.django_db


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample(Options):
    secret: ClassVar[frozenset[str]] = frozenset({"token"})

    host: str = option("Servidor", "Como lo da el proveedor.")
    token: str = field(default="", metadata={"label": "Clave"})
    port: int = field(default=25, metadata={"label": "Puerto"})
    starttls: bool = field(default=True, metadata={"label": "Cifrar"})
    tone: str = field(
        default="low", metadata={"label": "Tono", "choices": [("low", "Bajo"), ("high", "Alto")]}
    )


def test_each_option_is_a_line_of_its_kind() -> None:
    form = options_form(Sample, stored={})
    assert {name: type(line) for name, line in form.fields.items()} == {
        "host": forms.CharField,
        "token": forms.CharField,
        "port": forms.IntegerField,
        "starttls": forms.BooleanField,
        "tone": forms.ChoiceField,
    }
    assert (form.fields["host"].label, form["port"].value()) == ("Servidor", 25)


def test_what_is_picked_from_a_few_takes_nothing_else() -> None:
    picked = [
        options_form(Sample, stored={}, data={"opcion-tone": tone}).is_valid() for tone in ("high", "hum")
    ]
    assert picked == [True, False]


def test_a_stored_secret_is_never_shown_back() -> None:
    page = options_form(Sample, stored={"host": "correo.example", "token": "muy-secreto"}).as_p()
    assert ("correo.example" in page, "muy-secreto" in page, "Déjalo vacío" in page) == (True, False, True)


def test_what_hardly_anybody_changes_is_folded_away_until_it_is_wrong() -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Told(Options):
        port: int = option("Puerto", "", default=25, seldom=True)
        host: str = option("Servidor", "")

    asked = [
        options_form(Told, stored={}, data={"opcion-host": "h", "opcion-port": port}) for port in ("25", "x")
    ]
    assert [[line.name for line in group] for group in (asked[0].daily, asked[0].seldom)] == [
        ["host"],
        ["port"],
    ]
    assert [form.seldom_is_wrong for form in asked] == [False, True]


def test_a_mode_is_one_of_three() -> None:
    assert (ModeForm({"mode": "live"}).is_valid(), ModeForm({"mode": "loud"}).is_valid()) == (True, False)


def test_a_filter_knows_only_the_channels_there_are() -> None:
    known = [("spoken", "De viva voz")]
    answers = [
        LedgerFilterForm({"channel": kind}, channels=known).is_valid() for kind in ("spoken", "smoke", "")
    ]
    assert answers == [True, False, True]


def test_each_channel_says_what_its_addresses_look_like(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SpokenChannel, "address_help", "Un nombre <propio>.")
    monkeypatch.setattr(KeyedChannel, "address_help", "")
    shown = str(OfficeChannelForm().fields["address"].help_text)
    assert ("De viva voz: Un nombre &lt;propio&gt;." in shown, "Con clave" in shown) == (True, False)


def test_a_channel_where_people_subscribe_alone_has_no_place_of_the_office(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(KeyedChannel, "address_help", "")
    told = {"address": "@muestra", "name": "Canal"}
    assert OfficeChannelForm(told | {"channel": "spoken"}).is_valid()
    assert list(OfficeChannelForm(told | {"channel": "keyed"}).errors) == ["channel"]


def test_an_office_channel_is_of_an_installed_kind() -> None:
    told = {"address": "@muestra", "name": "Canal"}
    assert OfficeChannelForm(told | {"channel": "spoken"}).is_valid()
    assert list(OfficeChannelForm(told | {"channel": "smoke"}).errors) == ["channel"]
