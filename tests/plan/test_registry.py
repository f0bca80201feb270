"""Measures by their names."""

from __future__ import annotations

import pytest

from pregon.plan import registry
from pregon.plan.contract import Question, Reading, Scope
from pregon.plan.errors import UnknownMeasure


def test_measures_stand_in_the_folder_of_the_app_whose_records_they_read() -> None:
    """The plan knows nothing of the site, whose measures are there all the same."""
    homes = {registry.find(name).take.__module__ for name in registry.names()}
    assert homes == {
        "pregon.plan.measures.agenda",
        "pregon.plan.measures.alerts",
        "pregon.plan.measures.delivery",
        "pregon.plan.measures.library",
        "pregon.plan.measures.newsroom",
        "pregon.website.measures",
    }


def test_the_measures_of_the_first_plans_keep_their_names() -> None:
    first = {"acts_covered", "bulletins_on_working_days", "days_with_publication"}
    assert first < set(registry.names())


def test_an_unknown_measure_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UnknownMeasure) as refusal:
        registry.find("actos_covered")
    assert str(refusal.value) == "La medida «actos_covered» no existe. ¿Quisiste decir «acts_covered»?"


def test_a_parameter_that_a_measure_does_not_understand_is_refused() -> None:
    with pytest.raises(UnknownMeasure) as refusal:
        registry.scope_of(registry.find("acts_covered"), {"channel": "telegram"})
    assert str(refusal.value) == (
        "La medida «acts_covered» no entiende el parámetro «channel»; "
        "entiende: department, kind, locality, topic."
    )


def test_parameters_become_the_scope() -> None:
    scope = registry.scope_of(registry.find("days_with_publication"), {"channel": "telegram"})
    assert scope == Scope(channel="telegram")


def test_two_measures_of_one_name_are_refused() -> None:
    def again(question: Question) -> Reading:
        raise AssertionError(question)

    with pytest.raises(ValueError, match="two measures named acts_covered"):
        registry.measure("acts_covered", title="", how="", parameters=[], reads=[])(again)


def test_two_lines_ask_the_same_whatever_the_order_of_their_parameters() -> None:
    one = registry.question_of("acts_covered", {"topic": "agua", "kind": "obra"})
    assert one == registry.question_of("acts_covered", {"kind": "obra", "topic": "agua"})
    assert one != registry.question_of("acts_covered", {"topic": "agua"})
