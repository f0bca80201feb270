"""What becomes of each line, and where a person should look."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from pregon.core.text import shorten
from pregon.plan.importing.labels import mended
from pregon.plan.importing.sheets import Line
from pregon.plan.importing.words import NUMBER, paragraphs
from pregon.plan.values import LONGEST, LONGEST_GOAL, LONGEST_NAME, Understood

LIMITS: dict[str, int] = {
    "title": 200,
    "unit_name": 160,
    "responsible": 160,
    "programme": 160,
    "programme_name": 200,
    "axis": 200,
    "name": 160,
    "reference": 40,
    "unit": 60,
    "numerator": 300,
    "denominator": 300,
    "target_text": 300,
    "goals": LONGEST_GOAL,
    "inputs": 300,
    "activities": 300,
    "budget_line": 20,
    "value": 80,
    "alignment": LONGEST_NAME,
}


class Notes:
    """The words beside every line of a document."""

    def __init__(self) -> None:
        self.became: dict[int, list[str]] = {}
        self.doubts: dict[int, list[str]] = {}

    def note(self, line: int, words: str) -> None:
        if words not in (kept := self.became.setdefault(line, [])):
            kept.append(words)

    def forget(self, line: int) -> None:
        """It is something else than it seemed."""
        self.became.pop(line, None)

    def doubt(self, line: int, sentence: str) -> None:
        if sentence not in (kept := self.doubts.setdefault(line, [])):
            kept.append(sentence)

    def doubt_word(self, text: str, name: str, line: int) -> None:
        """A word that stands where there is nothing to write is kept, so that whoever checks the plan finds it."""
        self.doubt(
            line,
            _("Dice «%(text)s» donde va «%(name)s»: si lo hay, escríbelo; si no, deja vacío el campo.")
            % {"text": text, "name": name},
        )

    def fitting(self, text: str, limit: str, line: int) -> str:
        """``text`` in the room that a plan has for it; where it is cut, the line says so."""
        text = " ".join(mended(text).split()) if limit in LIMITS else paragraphs(mended(text))
        most = LIMITS.get(limit, LONGEST)
        if len(text) <= most:
            return text
        self.doubt(line, _("Pasa de %(most)s letras y se cortó: escríbelo más corto.") % {"most": most})
        return shorten(text, most)

    def figure(self, text: str, line: int) -> Decimal | None:
        """A number as people write it here: 1,250.50, and 0,6 for what somebody wrote with a comma."""
        found = NUMBER.search(text)
        if not found:
            return None
        digits = found[1]
        digits = digits.replace(",", "") if re.search(r"\d,\d{3}(?!\d)", digits) else digits.replace(",", ".")
        try:
            value = Decimal(digits)
        except InvalidOperation:
            return None
        if found[0].startswith("-"):
            value = -value
        if abs(value) >= 10**7:
            self.doubt(line, _("La cifra es demasiado grande: no se tomó."))
            return None
        if value != round(value, 2):
            self.doubt(line, _("La cifra lleva más de dos decimales y se redondeó: revísala."))
        return round(value, 2) if value != round(value, 2) else value

    def beside(self, line: Line) -> Understood:
        return Understood(
            number=line.number,
            text=line.text,
            columns=line.columns,
            becomes="; ".join(self.became.get(line.number, ())),
            doubt=" ".join(self.doubts.get(line.number, ())),
        )
