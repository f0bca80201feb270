from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from factories import newsroom as news
from pregon.newsroom.models.pieces import Piece, lines_of

pytestmark = pytest.mark.django_db


def test_an_address_has_no_accents_and_no_two_are_alike() -> None:
    slugs = [news.campaign("Niñez sin frío"), news.campaign("¡Niñez sin frío!")]
    assert [page.slug for page in slugs] == ["ninez-sin-frio", "ninez-sin-frio-2"]


def test_every_page_can_be_found_by_the_stems_of_its_words() -> None:
    service = news.service(requirements="Escrituras de la casa")
    assert {"conect", "escritur"} <= set(service.shadow.split())


def test_lines_lose_the_signs_that_people_put_before_them() -> None:
    assert lines_of("- Acta\n\n • Recibo \n*Croquis") == ["Acta", "Recibo", "Croquis"]


def test_what_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValidationError, match="antes"):
        Piece.not_before(2, 1, "until", "antes")
    Piece.not_before(2, None, "until", "antes")
