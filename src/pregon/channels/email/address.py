"""The one spelling of an e-mail address."""

from __future__ import annotations

import re
import unicodedata

import idna
from django.utils.translation import gettext as _

from pregon.delivery.errors import Rejected

#: RFC 5321's dot-atom, and the letters of the world that RFC 6531 adds. Quoted local parts are refused: nobody has one.
LOCAL = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*", re.UNICODE)
LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")


def bare(address: str) -> str:
    """``address`` with its domain in lower case and in ASCII. Raises ``Rejected`` for what is not an address."""
    local, at, domain = unicodedata.normalize("NFC", address.strip()).rpartition("@")
    wrong = Rejected(
        _("«%(address)s» no es un correo electrónico: escríbelo como nombre@dominio.")
        % {"address": address.strip()[:80]}
    )
    if not at or not LOCAL.fullmatch(local) or len(local.encode()) > 64:
        raise wrong
    try:
        ascii_domain = idna.encode(domain, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError) as bad:
        raise wrong from bad
    labels = ascii_domain.split(".")
    if len(labels) < 2 or len(ascii_domain) > 253 or not all(LABEL.fullmatch(label) for label in labels):
        raise wrong
    if labels[-1].isdigit():
        raise wrong
    return f"{local}@{ascii_domain}"


def domain_of(address: str) -> str:
    return address.rpartition("@")[2]
