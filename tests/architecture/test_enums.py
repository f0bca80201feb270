"""A state has a word for people, its legal steps beside it, and a check in the database."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

from django.apps import apps
from django.db.models import CheckConstraint, Choices, Field, Model
from django.utils.functional import Promise

from architecture.project import SOURCE

#: Choices that nothing passes through: whoever adds an enum says here that it is one, or gives it steps.
NOT_STATES = {
    "accounts.Role",
    "agenda.Kind",
    "agenda.Product",
    "alerts.Category",
    "alerts.Certainty",
    "alerts.MessageType",
    "alerts.Response",
    "alerts.Severity",
    "alerts.Status",
    "alerts.Urgency",
    "analytics.Source",
    "delivery.Frequency",
    "delivery.MessageKind",
    "delivery.Mode",
    "delivery.Reason",
    "newsroom.PostKind",
    "plan.Closing",
    "plan.Dimension",
    "plan.Direction",
    "plan.Frequency",
    "plan.Kind",
    "plan.Level",
    "plan.Light",
    "plan.Mark",
    "plan.Overshoot",
    "plan.Part",
    "plan.PlanKind",
    "plan.Severity",
    "plan.SealAct",
}


def enums() -> Iterator[tuple[str, ModuleType, type[Choices]]]:
    for path in sorted(SOURCE.glob("**/enums.py")):
        app = ".".join(path.parent.relative_to(SOURCE).parts)
        module = import_module(f"pregon.{app}.enums")
        for name, value in inspect.getmembers(module, inspect.isclass):
            if issubclass(value, Choices) and value.__module__ == module.__name__:
                yield f"{app}.{name}", module, value


def steps(module: ModuleType, enum: type[Choices]) -> dict[Any, set[Any]] | None:
    """The table of steps whose states are of this enum."""
    for name, table in vars(module).items():
        if name.endswith("STEPS") and all(isinstance(state, enum) for state in table):
            found: dict[Any, set[Any]] = table
            return found
    return None


def fields_of(enum: type[Choices]) -> Iterator[tuple[type[Model], Field[Any, Any]]]:
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if field.choices and list(field.choices) == list(enum.choices):
                yield model, field


def is_checked(model: type[Model], field: Field[Any, Any], enum: type[Choices]) -> bool:
    expected = (f"{field.name}__in", list(enum.values))
    return any(
        (child[0], list(child[1])) == expected
        for constraint in model._meta.constraints
        if isinstance(constraint, CheckConstraint)
        for child in constraint.condition.children  # type: ignore[union-attr]  # always a Q here
        if isinstance(child, tuple) and child[0].endswith("__in")
    )


def test_every_member_has_a_translatable_label() -> None:
    assert [
        f"{name}.{member.name}"
        for name, _, enum in enums()
        for member in enum
        if not isinstance(member._label_, Promise)
    ] == []


def test_every_state_knows_its_legal_steps() -> None:
    without = [
        name
        for name, module, enum in enums()
        if name not in NOT_STATES and set(steps(module, enum) or {}) != set(enum)
    ]
    assert without == []


def test_every_state_in_a_table_is_checked_by_the_database() -> None:
    states = [(name, enum) for name, _, enum in enums() if name not in NOT_STATES]
    assert [
        f"{name} in {model._meta.label}.{field.name}"
        for name, enum in states
        for model, field in fields_of(enum)
        if not is_checked(model, field, enum)
    ] == []
    assert [name for name, enum in states if not list(fields_of(enum))] == []


def test_what_is_said_not_to_be_a_state_exists() -> None:
    assert NOT_STATES - {name for name, _, _ in enums()} == set()
