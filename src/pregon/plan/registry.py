"""The measures an indicator may name. A floor above or a package from outside adds its own the same way."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from pregon.core.text import nearest
from pregon.plan.contract import Measure, Question, Reading, Scope
from pregon.plan.errors import MeasureFailed, UnknownMeasure

if TYPE_CHECKING:  # a type that exists only in the stubs
    from django_stubs_ext import StrPromise

logger = logging.getLogger(__name__)

_measures: dict[str, Measure] = {}

Take = Callable[[Question], Reading]


def measure(
    name: str,
    *,
    title: str | StrPromise,
    how: str | StrPromise,
    parameters: Iterable[str],
    reads: Iterable[type[Model]],
) -> Callable[[Take], Take]:
    """Register the decorated function as the measure ``name``; two of one name are refused."""

    def register(take: Take) -> Take:
        if name in _measures:
            raise ValueError(f"There are two measures named {name}.")
        _measures[name] = Measure(
            name=name,
            title=title,
            how=how,
            parameters=frozenset(parameters),
            reads=frozenset(reads),
            take=take,
        )
        return take

    return register


def find(name: str) -> Measure:
    """The measure of that name. Raises :class:`UnknownMeasure`, with the nearest name when there is one."""
    try:
        return _measures[name]
    except KeyError as missing:
        sentence = _("La medida «%(name)s» no existe.") % {"name": name}
        if near := nearest(name, _measures):
            sentence += " " + _("¿Quisiste decir «%(near)s»?") % {"near": near}
        raise UnknownMeasure(sentence) from missing


def scope_of(measure: Measure, parameters: Mapping[str, str]) -> Scope:
    """What ``parameters`` narrow ``measure`` to. Raises :class:`UnknownMeasure` for a stray one."""
    if stray := sorted(set(parameters) - measure.parameters):
        raise UnknownMeasure(
            _("La medida «%(name)s» no entiende el parámetro «%(stray)s»; entiende: %(known)s.")
            % {"name": measure.name, "stray": stray[0], "known": ", ".join(sorted(measure.parameters))}
        )
    return Scope(**parameters)


def question_of(measure: str, parameters: Mapping[str, str]) -> tuple[str, str]:
    """By what two lines are known that ask the same."""
    return measure, json.dumps(parameters, sort_keys=True)


def take(measure: Measure, question: Question) -> Reading:
    """What ``measure`` answers. Raises :class:`MeasureFailed` whatever goes wrong in it: one of another house must not
    take the page with it."""
    # A statement that fails spoils the transaction it stands in. Where there is none, one would only wait for whoever
    # writes to SQLite.
    apart = transaction.atomic() if connection.in_atomic_block else nullcontext()
    try:
        with apart:
            return measure.take(question)
    except Exception as problem:  # whatever a package from outside may raise
        logger.exception("Measure failed", extra={"measure": measure.name})
        sentence = _("No se pudo medir «%(title)s». Pide que revisen el registro de errores.")
        raise MeasureFailed(sentence % {"title": measure.title}) from problem


def reading(*models: type[Model]) -> list[str]:
    """The measures whose figures may change with a row of one of ``models``."""
    return sorted(name for name, measure in _measures.items() if measure.reads.intersection(models))


def names() -> list[str]:
    return sorted(_measures)
