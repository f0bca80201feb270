"""One spelling for each person: +52 and ten digits in Mexico, E.164 elsewhere, and WhatsApp's own names.

WhatsApp reports Mexican mobiles as 521 and ten digits, as they were dialled until 2019. Who hides the number behind
a user name is known by an identifier that only this office sees: «MX.1349…».
"""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from pregon.delivery.errors import Rejected

#: A business-scoped user id: the country, and up to 128 letters and digits.
USER = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")
WRITTEN = re.compile(r"(\+|00)?([0-9 ().\u00a0-]+)")
#: Ten digits as they are dialled at home, behind the prefixes of former years or with the country's code.
MEXICAN = re.compile(r"(?:044|045|01|521?)?([2-9][0-9]{9})")
ABROAD = re.compile(r"(?!52)[1-9][0-9]{7,14}")


def one_spelling(given: str) -> str:
    """The spelling under which an address is stored. Raises ``Rejected`` for what is none."""
    text = given.strip()
    if USER.fullmatch(text):
        return text
    if written := WRITTEN.fullmatch(text):
        digits = re.sub(r"[^0-9]", "", written[2])
        if written[1]:
            return number_of(digits, given)
        if home := MEXICAN.fullmatch(digits):
            return f"+52{home[1]}"
    raise refused(given)


def number_of(digits: str, given: str) -> str:
    """The number whose digits begin with the country's code."""
    if digits.startswith("52") and (home := MEXICAN.fullmatch(digits)) and len(digits) > len(home[1]):
        return f"+52{home[1]}"
    if ABROAD.fullmatch(digits):
        return f"+{digits}"
    raise refused(given)


def reported(wa_id: str) -> str:
    """The one spelling of what WhatsApp calls somebody; "" for what is neither a number nor a user."""
    try:
        return one_spelling(f"+{wa_id}" if wa_id.isdecimal() else wa_id)
    except Rejected:
        return ""


def is_user(destination: str) -> bool:
    return USER.fullmatch(destination) is not None


def refused(given: str) -> Rejected:
    return Rejected(
        _(
            "«%(given)s» no es un número de WhatsApp: escribe sus diez dígitos o, si es de otro país, + y su clave."
        )
        % {"given": given[:80]}
    )
