"""A chain that was touched says so, whatever was touched."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pregon.plan.chain import NOTHING, Link, canonical, digest_of, faults_of


def link(number: int, before: str, **said: object) -> Link:
    content = canonical(
        {"number": number, "act": "cierre", "month": number, "previous": before, "rows": [], **said}
    )
    return Link(number=number, act="cierre", month=number, content=content, digest=digest_of(content))


def chain(length: int = 3) -> list[Link]:
    links: list[Link] = []
    for number in range(1, length + 1):
        links.append(link(number, links[-1].digest if links else NOTHING))
    return links


def test_a_chain_as_it_was_signed_has_no_fault() -> None:
    assert faults_of(chain()) == []
    assert faults_of([]) == []


def signed_again(content: str) -> Callable[[Link], Link]:
    return lambda one: dataclasses.replace(one, content=content, digest=digest_of(content))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda one: dataclasses.replace(one, digest="f" * 64), id="another digest"),
        pytest.param(lambda one: dataclasses.replace(one, month=7), id="another month in the row"),
        pytest.param(lambda one: dataclasses.replace(one, act="reapertura"), id="another act in the row"),
        pytest.param(signed_again("no es JSON"), id="what is no JSON"),
        pytest.param(signed_again("[]"), id="what is no closing"),
        pytest.param(lambda one: link(2, NOTHING), id="a link written anew"),
    ],
)
def test_a_link_that_was_touched_is_told(change: Callable[[Link], Link]) -> None:
    first, second, third = chain()
    assert {fault.number for fault in faults_of([first, change(second), third])} & {2, 3}


@given(place=some.integers(0, 10_000), letter=some.characters(codec="utf-8"))
def test_one_letter_is_enough(place: int, letter: str) -> None:
    first, second, third = chain()
    at = place % len(second.content)
    touched = second.content[:at] + letter + second.content[at + 1 :]
    faults = faults_of([first, dataclasses.replace(second, content=touched), third])
    assert bool(faults) == (touched != second.content)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"at": datetime(2026, 11, 21, tzinfo=UTC)}, id="another moment"),
        pytest.param({"plan": ("otro-2026", 2026)}, id="another plan"),
        pytest.param({"plan": ("plan-2026", 2025)}, id="another year"),
        pytest.param({"openings": []}, id="what stands for no proof"),
        pytest.param({"openings": {"a": "b"}}, id="what proves nothing"),
    ],
)
def test_a_row_that_says_otherwise_than_its_link_is_told(change: dict[str, Any]) -> None:
    at = datetime(2026, 11, 20, 12, tzinfo=UTC)
    said = link(1, NOTHING, at=at.isoformat(), plan={"slug": "plan-2026", "title": "Plan", "year": 2026})
    row = dataclasses.replace(said, at=at, plan=("plan-2026", 2026))
    assert faults_of([row]) == []
    assert [fault.number for fault in faults_of([dataclasses.replace(row, **change)])] == [1]


@pytest.mark.parametrize("said", [{"reason": [1]}, {"signer": None}, {"at": 7}, {"plan": "otro"}])
def test_a_link_of_another_shape_is_told(said: dict[str, Any]) -> None:
    row = link(1, NOTHING, **said)
    row = dataclasses.replace(row, at=datetime(2026, 11, 20, tzinfo=UTC), plan=("plan-2026", 2026))
    assert {fault.number for fault in faults_of([row])} == {1}


def test_a_link_that_was_taken_out_is_missed() -> None:
    first, second, third = chain()
    assert {fault.number for fault in faults_of([first, third])} == {3}
    assert faults_of([second, third]) != []


def test_a_figure_that_is_not_the_sum_of_its_records_is_told() -> None:
    named = {"slug": "boletines", "name": "Boletines", "measure": ""}
    rows = [{**named, "reading": {"numerator": "2", "kept": [{"amount": "1"}]}}]
    [fault] = faults_of([link(1, NOTHING, rows=rows)])
    assert "Boletines" in fault.sentence


def test_the_same_content_is_signed_the_same_whatever_its_order() -> None:
    one, other = {"b": 1, "a": ["ñ", None, True]}, {"a": ["ñ", None, True], "b": 1}
    assert canonical(one) == canonical(other) == '{"a":["ñ",null,true],"b":1}'
    assert json.loads(canonical(one)) == one


def test_a_fraction_is_refused() -> None:
    with pytest.raises(TypeError):
        canonical({"rows": [{"value": 0.1}]})
