"""The one spelling of a telephone number: a plus, the country, and the number there (E.164)."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from pregon.delivery.errors import Rejected

MEXICO = "52"
TYPED = re.compile(r"\+?[(0-9][0-9 ().\-\u2010-\u2013]*", re.ASCII)
#: Of a Mexican number: its ten digits, with whatever was dialled before them until 2019.
MEXICAN = re.compile(r"(?:1|01|044|045)?([1-9][0-9]{9})")


def e164(typed: str, *, country: str) -> str:
    """``typed`` as it is stored. Without a country it is of ours. Raises ``Rejected`` for what is no number."""
    given = typed.strip()
    digits = re.sub(r"\D", "", given, flags=re.ASCII)
    if TYPED.fullmatch(given):
        if given.startswith("+"):
            known = abroad(digits)
        elif digits.startswith("00"):
            known = abroad(digits[2:])
        else:
            known = at_home(digits, country=country)
        if known:
            return f"+{known}"
    raise Rejected(
        _("«%(given)s» no es un número de teléfono: escribe los diez dígitos o empieza con + y el país.")
        % {"given": given[:40]}
    )


def at_home(digits: str, *, country: str) -> str:
    if country == MEXICO:
        if local := MEXICAN.fullmatch(digits):
            return MEXICO + local[1]
        return abroad(digits) if digits.startswith(MEXICO) else ""
    if digits.startswith(country) and len(digits) > 10:
        return abroad(digits)
    return abroad(country + digits.lstrip("0")) if len(digits) >= 6 else ""


def abroad(digits: str) -> str:
    """With its country in front. Of a Mexican one the 1 of old times goes: providers still report it."""
    if digits.startswith(MEXICO):
        local = MEXICAN.fullmatch(digits.removeprefix(MEXICO))
        return MEXICO + local[1] if local else ""
    return digits if 8 <= len(digits) <= 15 and not digits.startswith("0") else ""
