"""The chain of a plan: what was signed when a month was closed or opened again, and how anyone checks it.

Each link names the digest of the one before it, so nobody can change, take out or slip in a link without every later
digest saying so. What is signed is JSON in one form only (keys in order, no blanks, UTF-8), the form of RFC 8785 for
what stands in it: text, whole numbers, booleans, lists, null. A figure is written as text, for no two programs write a
fraction the same. Checking needs no database and no Pregón: SHA-256 over the text.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from pregon.plan.enums import SealAct

#: What the first link names as the one before it.
NOTHING = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link as it is kept."""

    number: int
    act: str
    month: int
    content: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with a link, as a sentence. Without a number it is wrong with the chain."""

    number: int | None
    sentence: str


def canonical(content: Mapping[str, Any]) -> str:
    """The one form in which ``content`` is signed. Raises :class:`TypeError` for a fraction."""
    return json.dumps(_whole(content), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def faults_of(links: Iterable[Link]) -> list[Fault]:
    """Everything that is wrong with a chain, from its first link on; nothing when it is whole."""
    faults: list[Fault] = []
    before, expected = NOTHING, 1
    for link in sorted(links, key=lambda link: link.number):
        faults += [
            Fault(number=link.number, sentence=sentence) for sentence in _faults(link, before, expected)
        ]
        before, expected = link.digest, link.number + 1
    return faults


def _faults(link: Link, before: str, expected: int) -> Iterable[str]:
    if link.number != expected:
        yield _("Falta el eslabón %(number)s: alguien lo quitó.") % {"number": expected}
    if digest_of(link.content) != link.digest:
        yield _("Lo firmado cambió después de firmarse: su huella ya no coincide.")
    try:
        content = json.loads(link.content)
    except ValueError:
        yield _("Lo firmado no se puede leer.")
        return
    if not isinstance(content, dict):
        yield _("Lo firmado no se puede leer.")
        return
    if content.get("previous") != before:
        yield _("No nombra la huella del eslabón anterior: la cadena está cortada aquí.")
    said = (content.get("number"), content.get("act"), content.get("month"))
    if said != (link.number, link.act, link.month):
        yield _("La fila dice otro número, acto o mes que lo firmado.")
    if link.act == SealAct.CLOSED:
        yield from _miscounted(content.get("rows") or [])


def _miscounted(rows: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    for row in rows:
        reading = row.get("reading")
        if reading and Decimal(reading["numerator"]) != sum(
            Decimal(kept["amount"]) for kept in reading["kept"]
        ):
            yield _("La cifra de «%(name)s» no es la suma de sus registros.") % {"name": row["name"]}


def _whole(value: Any) -> Any:
    if isinstance(value, float):
        raise TypeError("A fraction is signed as text.")
    if isinstance(value, Mapping):
        return {str(key): _whole(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_whole(part) for part in value]
    return value
