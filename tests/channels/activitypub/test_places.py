"""The office's addresses are all its own, and a reference leads back to a note of ours and to nothing else."""

from __future__ import annotations

import pytest
from django.conf import settings

from pregon.channels.activitypub import places


def test_everything_is_at_the_offices_own_address() -> None:
    base = settings.BASE_URL
    assert (places.at(""), places.actor(), places.key(), places.note("12")) == (
        f"{base}/entrada/activitypub/",
        f"{base}/entrada/activitypub/oficina",
        f"{base}/entrada/activitypub/oficina#llave",
        f"{base}/entrada/activitypub/nota/12",
    )
    assert base.endswith(places.host())


def test_a_reference_leads_back_to_its_note() -> None:
    assert places.note_in(places.note("12")) == places.note("12")


@pytest.mark.parametrize(
    "reference", ["", "12", "nota/12", "https://otro.example/entrada/activitypub/nota/12"]
)
def test_a_reference_that_is_no_note_of_ours_is_none(reference: str) -> None:
    assert places.note_in(reference) == ""


def test_a_message_to_one_reader_is_no_note() -> None:
    assert places.note_in(f"{places.actor()}#recado-1-2") == ""
