"""A plan out of whatever document an office has it in, beside every line that it was read from."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from pregon.plan.importing.beside import with_values
from pregon.plan.importing.sheets import OLE, PDF, ZIP, Line, line_of, lines_of, text_of
from pregon.plan.importing.understanding import understand
from pregon.plan.reading import parse
from pregon.plan.values import Draft, Understood

#: The parts of our own file, at the beginning of a line.
NATIVE = re.compile(r"^plan:\s*$", re.MULTILINE)
PART = re.compile(r"^(\w+):")


def draft_of(content: bytes, *, name: str, year: int) -> Draft:
    """What is understood of the document in ``content``; ``year`` stands where it names none.

    Raises :class:`BrokenPlan` with a sentence that says what to do.
    """
    if not content.startswith((OLE, ZIP, PDF)) and content.strip():
        text = text_of(content, name=name)
        if NATIVE.search(text):
            return native(text, name=name)
    return with_values(understand(lines_of(content, name=name), name=name, year=year))


def native(text: str, *, name: str) -> Draft:
    """Our own file: it is read as it stands, and what it says of the office is left for ``init``."""
    plan = parse(text, name=name).plan
    lines: list[Understood] = []
    part = ""
    for number, row in enumerate(text.splitlines(), start=1):
        line: Line = line_of(number, [row])
        if found := PART.match(row):
            part = found[1]
        taken = part == "plan" and not line.blank and not line.text.startswith("#")
        lines.append(
            Understood(number=number, text=row.rstrip(), becomes=_("Tal como está") if taken else "")
        )
    return Draft(plan=plan, lines=tuple(lines))
