"""Which acts the public sees, and who keeps the agenda."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from factories.accounts import UserFactory
from factories.newsroom import NOON, act
from pregon.accounts.enums import Role
from pregon.agenda.enums import State
from pregon.core.visibility import Reader, may_see

pytestmark = pytest.mark.django_db

SOON = timedelta(seconds=1)


def test_an_internal_act_is_for_the_desk() -> None:
    internal = act(public=False)
    assert may_see(internal, at=NOON) is False
    assert may_see(internal, to=Reader.DESK, at=NOON) is True


@pytest.mark.parametrize(
    ("public_from", "seen"), [(None, True), (NOON - SOON, True), (NOON, True), (NOON + SOON, False)]
)
def test_an_act_announced_later_waits_for_its_moment(public_from: datetime | None, seen: bool) -> None:
    assert may_see(act(public_from=public_from), at=NOON) is seen


def test_an_internal_act_stays_internal_after_the_moment_it_names() -> None:
    assert may_see(act(public=False, public_from=NOON - SOON), at=NOON) is False


@pytest.mark.parametrize("state", list(State))
def test_an_announced_act_is_seen_whatever_becomes_of_it(state: State) -> None:
    """Who meant to go must read that it was cancelled."""
    assert may_see(act(state=state), at=NOON) is True


@pytest.mark.parametrize(
    ("role", "verbs"),
    [
        (Role.HEAD, {"add", "change", "view"}),
        (Role.EDITOR, {"add", "change", "view"}),
        (Role.PHOTOGRAPHER, {"add", "change", "view"}),
        (Role.DESIGNER, {"view"}),
        (Role.LIAISON, {"view"}),
        (Role.TRANSPARENCY, {"view"}),
        (Role.READER, {"view"}),
    ],
)
def test_those_who_cover_keep_the_agenda_and_the_others_read_it(role: Role, verbs: set[str]) -> None:
    person = UserFactory(roles=[role])
    asked = ("add", "change", "delete", "view")
    assert {verb for verb in asked if person.has_perm(f"agenda.{verb}_act")} - {"delete"} == verbs
