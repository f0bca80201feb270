"""What a photo knows of itself."""

from __future__ import annotations

import pytest
from django.db import IntegrityError

from pregon.library.enums import STEPS, Development
from pregon.library.models import Photo

pytestmark = pytest.mark.postgresql


def test_the_alternative_is_the_alternative_text_else_the_caption() -> None:
    photos = [Photo(alt_text="A", caption="B"), Photo(caption="B"), Photo()]
    assert [(photo.alternative, photo.may_go_out) for photo in photos] == [
        ("A", True),
        ("B", True),
        ("", False),
    ]


def test_every_state_has_its_steps_and_can_be_asked_for_again() -> None:
    assert set(STEPS) == set(Development)
    assert [Development.DUE in STEPS[state] for state in (Development.READY, Development.FAILED)] == [
        True,
        True,
    ]


@pytest.mark.django_db
def test_the_database_knows_no_other_state() -> None:
    with pytest.raises(IntegrityError):
        Photo.objects.create(title="x", file="x.jpg", width=1, height=1, development="nada")
