"""A relation by name ("newsroom.Bulletin") escapes the import linter; it points down all the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.db.models import Model

from architecture.project import floors


def app_of(model: type[Model]) -> str | None:
    """The part of Pregón that a model belongs to; None for a library's."""
    root, _, rest = model.__module__.partition(".")
    return rest.partition(".")[0] if root == "pregon" else None


def rising(models: Iterable[type[Model]], floor: Mapping[str, int]) -> list[str]:
    """Relations to an app that does not stand below the one they leave."""
    found = []
    for model in models:
        for relation in model._meta.get_fields():
            target = relation.related_model
            if relation.auto_created or not isinstance(target, type):
                continue
            here, there = app_of(model), app_of(target)
            if here and there and here != there and floor[there] >= floor[here]:
                found.append(f"{model._meta.label}.{relation.name} -> {target._meta.label}")
    return found


def test_relations_between_apps_point_down() -> None:
    ours = [model for model in apps.get_models(include_auto_created=True) if app_of(model)]
    assert ours
    assert rising(ours, floors()) == []


def test_a_floor_turned_over_would_be_noticed() -> None:
    ours = [model for model in apps.get_models() if app_of(model)]
    overturned = {app: -floor for app, floor in floors().items()}
    assert rising(ours, overturned) != []


def test_no_model_of_ours_points_to_anything_at_all() -> None:
    generic = [
        f"{model._meta.label}.{name}"
        for model in apps.get_models()
        if app_of(model)
        for name, value in vars(model).items()
        if isinstance(value, GenericForeignKey)
    ]
    assert generic == []
