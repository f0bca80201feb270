"""Whose report it is, and what it wears: the office's name, its seal, and its colours made fit to be read on paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from pregon.accounts.models import Office
from pregon.core import palette

SEAL_SIDE = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """The head of a report. Without a ``seal`` of the office's own, a PNG, one is drawn with its initials."""

    office: str
    town: str
    address: str
    initials: str
    brand: str
    gold: str
    seal: bytes = b""

    @classmethod
    def of(cls, office: Office) -> Self:
        return cls(
            office=office.name,
            town=", ".join(part for part in (office.municipality, office.state) if part),
            address=office.address,
            initials=office.initials,
            brand=palette.readable(office.brand, on=[palette.WHITE]),
            gold=office.gold,
            seal=_small(office),
        )


def _small(office: Office) -> bytes:
    """The seal, small enough for a sheet of paper; nothing where it cannot be read."""
    if not office.seal:
        return b""
    import pyvips  # heavy, and only a report with a seal needs it

    picture: Any = pyvips
    try:
        with office.seal.open("rb") as file:
            small = picture.Image.thumbnail_buffer(file.read(), SEAL_SIDE, height=SEAL_SIDE)
            png: bytes = small.write_to_buffer(".png[strip]")
    except (OSError, picture.Error):
        return b""
    return png
