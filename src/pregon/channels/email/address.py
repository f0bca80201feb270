"""The one spelling of an e-mail address."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import idna
from django.utils.translation import gettext as _

from pregon.delivery.errors import Rejected

#: RFC 5321's dot-atom, and the letters of the world that RFC 6531 adds. Quoted local parts are refused: nobody has one.
LOCAL = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*", re.UNICODE)
LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")


def bare(address: str) -> str:
    """``address`` with its domain in lower case and in ASCII. Raises ``Rejected`` for what is not an address."""
    local, at, domain = unicodedata.normalize("NFC", address.strip()).rpartition("@")
    if not at or not LOCAL.fullmatch(local) or len(local.encode()) > 64:
        raise refusal(address)
    if not (ascii_domain := in_ascii(domain)):
        raise refusal(address)
    return f"{local}@{ascii_domain}"


def refusal(address: str) -> Rejected:
    return Rejected(
        _("«%(address)s» no es un correo electrónico: escríbelo como nombre@dominio.")
        % {"address": address.strip()[:80]}
    )


@lru_cache(maxsize=4096)  # a thousand readers share a handful of domains
def in_ascii(domain: str) -> str:
    """``domain`` in lower case and in ASCII; "" for what is not one."""
    try:
        encoded = idna.encode(domain, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        return ""
    labels = encoded.split(".")
    sound = len(labels) > 1 and len(encoded) <= 253 and all(LABEL.fullmatch(label) for label in labels)
    return encoded if sound and not labels[-1].isdigit() else ""


def domain_of(address: str) -> str:
    return address.rpartition("@")[2]
