"""The chain of a plan: what was signed when a month was closed or opened again, and how anyone checks it.

Each link names the digest of the one before it, so nobody can change, take out or slip in a link without every later
digest saying so. What is signed is JSON in one form only (keys in order, no blanks, UTF-8), the form of RFC 8785 for
what stands in it: text, whole numbers, booleans, lists, null. A figure is written as text, for no two programs write a
fraction the same. Checking needs no database and no Pregón: SHA-256 over the text.

A record is signed by its proof, the digest of what it says with a word that nobody can guess: the chain can be
published whole while what is internal, or was taken down since, stays unread, and what has to be erased by law leaves
no link broken.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
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
    #: When, and of which plan: its address and its year.
    at: datetime | None = None
    plan: tuple[str, int] | None = None
    #: What the proofs in ``content`` stand for, by proof.
    openings: Mapping[str, Any] = field(default_factory=dict)


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


def is_as_signed(content: str, digest: str) -> bool:
    return digest_of(content) == digest


def covered(content: Any, openings: dict[str, Any], *, nonce_of: Callable[[str], str]) -> Any:
    """``content`` with its proof in the place of each record, which goes into ``openings``."""
    if isinstance(content, Mapping):
        if {"when", "title"} <= content.keys():
            told = {name: content[name] for name in ("when", "amount") if name in content}
            return told | {"proof": cover(content, openings, nonce_of=nonce_of)}
        return {name: covered(part, openings, nonce_of=nonce_of) for name, part in content.items()}
    if isinstance(content, list | tuple):
        return [covered(part, openings, nonce_of=nonce_of) for part in content]
    return content


def cover(said: Mapping[str, Any], openings: dict[str, Any], *, nonce_of: Callable[[str], str]) -> str:
    """The proof of ``said``, which goes into ``openings``."""
    opening = {"nonce": nonce_of(canonical(said)), "said": dict(said)}
    proof = digest_of(canonical(opening))
    openings[proof] = opening
    return proof


def uncovered(content: Any, openings: Mapping[str, Any]) -> Any:
    """What :func:`covered` was given. Of a record that was erased, or is not the one that was signed, only its day is
    left."""
    if isinstance(content, Mapping):
        if {"when", "proof"} <= content.keys():
            return _opened(content, openings if isinstance(openings, Mapping) else {})
        return {name: uncovered(part, openings) for name, part in content.items()}
    if isinstance(content, list):
        return [uncovered(part, openings) for part in content]
    return content


def _opened(record: Mapping[str, Any], openings: Mapping[str, Any]) -> dict[str, Any]:
    opening = openings.get(record["proof"])
    if opening and proves(record["proof"], opening):
        return dict(opening["said"])
    told = {name: record[name] for name in ("when", "amount") if name in record}
    return told | {"title": _("Registro retirado"), "url": "", "detail": "", "public": False}


def proves(proof: str, opening: Any) -> bool:
    """Whether ``opening`` is what was signed as ``proof``."""
    try:
        return digest_of(canonical(opening)) == proof and isinstance(opening["said"], dict)
    except (TypeError, KeyError, AttributeError):
        return False


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


def faults_alone(link: Link) -> list[str]:
    """What is wrong with a link in itself, whatever hangs before it. A record that was exchanged is nothing wrong with
    what was signed: :func:`uncovered` does not believe it."""
    return list(_faults_of_content(link))


def _faults(link: Link, before: str, expected: int) -> Iterable[str]:
    if link.number != expected:
        yield _("Falta el eslabón %(number)s: alguien lo quitó.") % {"number": expected}
    yield from _faults_of_content(link)
    if _previous(link.content) != before:
        yield _("No nombra la huella del eslabón anterior: la cadena está cortada aquí.")
    openings = link.openings if isinstance(link.openings, Mapping) else {"": None}
    if not all(proves(proof, opening) for proof, opening in openings.items()):
        yield _("Un registro de su lista no es el que se firmó.")


def _previous(content: str) -> Any:
    try:
        return json.loads(content)["previous"]
    except (ValueError, RecursionError, LookupError, TypeError):
        return None


def _faults_of_content(link: Link) -> Iterable[str]:
    if not is_as_signed(link.content, link.digest):
        yield _("Lo firmado cambió después de firmarse: su huella ya no coincide.")
    try:
        content = json.loads(link.content)
    except (ValueError, RecursionError):
        yield _("Lo firmado no se puede leer.")
        return
    if not isinstance(content, dict):
        yield _("Lo firmado no se puede leer.")
        return
    said = (content.get("number"), content.get("act"), content.get("month"))
    if said != (link.number, link.act, link.month):
        yield _("La fila dice otro número, acto o mes que lo firmado.")
    if link.at and not _same_moment(content.get("at"), link.at):
        yield _("La fila dice otro momento que lo firmado.")
    if link.plan and not _same_plan(content.get("plan"), link.plan):
        yield _("Se firmó de otro plan, o el plan cambió de dirección o de año.")
    if not isinstance(content.get("reason", ""), str) or not isinstance(content.get("signer", {}), dict):
        yield _("Lo firmado no tiene la forma de un eslabón.")
    if link.act == SealAct.CLOSED:
        try:
            yield from list(_miscounted(content["rows"]))
        except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError):
            yield _("Su lista no tiene la forma de un cierre.")


def _same_moment(said: Any, at: datetime) -> bool:
    try:
        return datetime.fromisoformat(said) == at
    except (TypeError, ValueError):
        return False


def _same_plan(said: Any, plan: tuple[str, int]) -> bool:
    return isinstance(said, dict) and (said.get("slug"), said.get("year")) == plan


def _miscounted(rows: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    for row in rows:
        reading = row["reading"]
        if not all(isinstance(row[name], str) for name in ("slug", "name", "measure")):
            raise TypeError("A line has words for these.")
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
