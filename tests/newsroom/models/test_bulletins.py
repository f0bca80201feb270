"""What a bulletin says of itself."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from factories.newsroom import draft, published, shelf
from pregon.core.text import stems
from pregon.newsroom.models import Bulletin

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def test_the_folio_has_three_digits_and_the_year() -> None:
    assert Bulletin(number=7, year=2026).folio == "007/2026"
    assert Bulletin(number=1204, year=2026).folio == "1204/2026"
    assert Bulletin().folio == ""


def test_the_database_itself_refuses_a_second_bulletin_with_the_same_number() -> None:
    first, second = published("Uno"), published("Dos")
    with pytest.raises(IntegrityError), transaction.atomic():
        Bulletin.objects.filter(pk=second.pk).update(number=first.number)


def test_the_database_itself_refuses_a_number_without_year() -> None:
    bulletin = draft()
    with pytest.raises(IntegrityError), transaction.atomic():
        Bulletin.objects.filter(pk=bulletin.pk).update(number=4)


def test_the_shadow_finds_the_word_in_any_of_its_forms() -> None:
    shelf()
    bulletin = draft("Inauguración del camión escolar", lead="Camiones nuevos.")
    words = set(bulletin.shadow.split())
    assert {
        form: bool(set(stems(form).split()) & words) for form in ("inauguraciones", "camiones", "perro")
    } == {
        "inauguraciones": True,
        "camiones": True,
        "perro": False,
    }


def test_the_origin_names_it_for_the_engines_below() -> None:
    assert Bulletin(pk=12).origin == "newsroom.bulletin/12"
