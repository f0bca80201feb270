"""The seal drawn from an office's colours and initial: the icon of every page, and its seal until it has one."""

from __future__ import annotations

from django.template.loader import render_to_string

from pregon.accounts.models import Office
from pregon.core import palette


def drawn_seal(office: Office) -> str:
    """The whole file of the drawing, in colours that stand out wherever a browser shows it."""
    colours = {"brand": palette.readable(office.brand, on=[palette.WHITE]), "gold": office.gold}
    return render_to_string("website/parts/seal.svg", {"initials": office.initials, "alone": True, **colours})
