from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import pyvips
from django.core.files.base import ContentFile
from pytest_django import Settings

from plan.reports.conftest import document
from pregon.accounts.models import Office
from pregon.core.palette import contrast
from pregon.plan.models import Plan
from pregon.plan.reports.letterhead import SEAL_SIDE, Letterhead
from pregon.plan.reports.pdf import pdf_of

picture: Any = pyvips


@pytest.fixture
def media(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path


def test_a_pale_colour_is_made_dark_enough_for_white_letters(office: Office) -> None:
    office.brand = "#f3d9a0"
    assert contrast(Letterhead.of(office).brand, "#ffffff") >= 4.5


def test_the_seal_is_small_enough_for_paper(office: Office, plan: Plan, media: None) -> None:
    large = picture.Image.black(1200, 1200).write_to_buffer(".png")
    office.seal.save("escudo.png", ContentFile(large))
    seal = Letterhead.of(office).seal
    assert picture.Image.new_from_buffer(seal, "").width == SEAL_SIDE
    assert pdf_of(document(plan)).startswith(b"%PDF-1.7")


def test_a_seal_that_cannot_be_read_is_drawn_instead(office: Office, media: None) -> None:
    office.seal.save("escudo.png", ContentFile(b"no es una imagen"))
    assert Letterhead.of(office).seal == b""
