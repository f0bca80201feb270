"""What concerns us is known by its sender and its object; everything else is nothing to us."""

from __future__ import annotations

from typing import Any

import pytest

from pregon.channels.activitypub.letters import Letter, letter_in
from pregon.delivery.contract import Wish

OFFICE = "https://muestra.example/entrada/activitypub/oficina"
ANA = "https://fediverso.example/users/vecina"
FOLLOW = {"id": f"{ANA}/1", "type": "Follow", "actor": ANA, "object": OFFICE}


@pytest.mark.parametrize(
    ("activity", "letter"),
    [
        (FOLLOW, Letter(sender=ANA, wish=Wish.SUBSCRIBE, id=f"{ANA}/1")),
        (
            FOLLOW | {"actor": {"id": ANA}, "object": {"id": OFFICE}},
            Letter(sender=ANA, wish=Wish.SUBSCRIBE, id=f"{ANA}/1"),
        ),
        ({"type": "Undo", "actor": ANA, "object": FOLLOW}, Letter(sender=ANA, wish=Wish.BLOCK)),
        ({"type": "Block", "actor": ANA, "object": OFFICE}, Letter(sender=ANA, wish=Wish.BLOCK)),
        ({"type": "Delete", "actor": ANA, "object": ANA}, Letter(sender=ANA, wish=Wish.GONE)),
        ({"type": "Delete", "actor": ANA, "object": {"id": ANA}}, Letter(sender=ANA, wish=Wish.GONE)),
    ],
)
def test_what_concerns_us(activity: dict[str, Any], letter: Letter) -> None:
    assert letter_in(activity, office=OFFICE) == letter


OTHER = "https://fediverso.example/users/otra"


@pytest.mark.parametrize(
    "activity",
    [
        None,
        [],
        "Follow",
        {},
        FOLLOW | {"object": OTHER},
        FOLLOW | {"id": None},
        FOLLOW | {"actor": None},
        FOLLOW | {"actor": "x" * 1001},
        FOLLOW | {"type": ["Follow"]},
        {"type": "Undo", "actor": ANA, "object": f"{ANA}/1"},
        {"type": "Undo", "actor": ANA, "object": FOLLOW | {"actor": OTHER}},
        {"type": "Undo", "actor": ANA, "object": FOLLOW | {"object": OTHER}},
        {"type": "Undo", "actor": ANA, "object": {"type": "Like", "actor": ANA, "object": OFFICE}},
        {"type": "Block", "actor": ANA, "object": OTHER},
        {"type": "Delete", "actor": ANA, "object": f"{ANA}/notas/1"},
        {"type": "Delete", "actor": ANA, "object": OTHER},
        {"type": "Create", "actor": ANA, "object": {"type": "Note", "inReplyTo": OFFICE}},
        {"type": "Like", "actor": ANA, "object": f"{OFFICE}#1"},
    ],
)
def test_what_is_nothing_to_us(activity: Any) -> None:
    assert letter_in(activity, office=OFFICE) is None
