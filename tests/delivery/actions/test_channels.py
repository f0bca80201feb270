from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from factories.accounts import UserFactory
from factories.delivery import NOON, SpokenChannel
from pregon.delivery import registry
from pregon.delivery.actions.channels import set_up
from pregon.delivery.contract import Options
from pregon.delivery.enums import Mode
from pregon.delivery.errors import Misconfigured
from pregon.delivery.models import ChannelAccount

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedOptions(Options):
    secret: ClassVar[frozenset[str]] = frozenset({"token"})

    host: str
    token: str


class DrawnOptions(LockedOptions):
    """Options whose token nobody types."""

    @classmethod
    def prepared(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        return {**values, "token": values.get("token") or secrets.token_hex(8)}


class LockedChannel(SpokenChannel):
    kind = "locked"
    label = "Con llave"
    options_class = LockedOptions  # type: ignore[assignment]  # the channel of the tests, with options of its own


@pytest.fixture(autouse=True)
def locked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(registry._channels, LockedChannel.kind, LockedChannel)
    yield


def test_an_empty_secret_keeps_the_stored_one() -> None:
    by = UserFactory.create()
    set_up("locked", mode=Mode.SANDBOX, values={"host": "uno", "token": "secreto"}, by=by, at=NOON)
    account = set_up("locked", mode=Mode.LIVE, values={"host": "dos", "token": ""}, by=by, at=NOON)
    assert (account.mode, account.options) == (Mode.LIVE, {"host": "dos", "token": "secreto"})
    assert "secreto" not in ChannelAccount.objects.get().sealed_options


def test_a_key_that_a_channel_draws_for_itself_is_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LockedChannel, "options_class", DrawnOptions)
    by, given = UserFactory.create(), {"host": "uno", "token": ""}
    first, second = (
        set_up("locked", mode=Mode.LIVE, values=given, by=by, at=NOON).options for _time in range(2)
    )
    typed = set_up("locked", mode=Mode.LIVE, values=given | {"token": "mía"}, by=by, at=NOON).options
    assert (len(first["token"]), second, typed["token"]) == (16, first, "mía")


def test_a_channel_with_something_missing_stays_as_it_was() -> None:
    by = UserFactory.create()
    set_up("locked", mode=Mode.SANDBOX, values={"host": "uno", "token": "secreto"}, by=by, at=NOON)
    with pytest.raises(Misconfigured, match="le falta: host"):
        set_up("locked", mode=Mode.LIVE, values={"host": "", "token": ""}, by=by, at=NOON)
    account = ChannelAccount.objects.get()
    assert (account.mode, account.options["host"]) == (Mode.SANDBOX, "uno")


def test_new_settings_forget_what_went_wrong_with_the_former_ones() -> None:
    ChannelAccount.objects.create(
        kind="locked",
        busy_until=NOON,
        last_failure_at=NOON,
        last_failure="No contesta.",
        last_success_at=NOON,
    )
    set_up("locked", mode=Mode.SANDBOX, values={"host": "uno"}, by=UserFactory.create(), at=NOON)
    account = ChannelAccount.objects.get()
    assert (account.busy_until, account.last_failure_at, account.last_failure) == (None, None, "")
    assert account.last_success_at == NOON


def test_the_pace_of_the_office_is_kept_beside_its_options() -> None:
    by = UserFactory.create()
    told = {"host": "uno", "token": "secreto"}
    account = set_up("locked", mode=Mode.SANDBOX, values=told, by=by, at=NOON, per_minute=30, per_day=1_000)
    assert (account.per_minute, account.per_day) == (30, 1_000)


def test_the_life_of_a_former_key_is_forgotten_with_it() -> None:
    by = UserFactory.create()
    account = set_up("locked", mode=Mode.SANDBOX, values={"host": "uno", "token": "a"}, by=by, at=NOON)
    ChannelAccount.objects.update(token_expires_at=NOON, token_issued_at=NOON, token_warned=2)
    account = set_up("locked", mode=Mode.SANDBOX, values={"host": "uno", "token": ""}, by=by, at=NOON)
    kept = account.token_expires_at
    account = set_up("locked", mode=Mode.SANDBOX, values={"host": "uno", "token": "b"}, by=by, at=NOON)
    assert (kept, account.token_expires_at, account.token_warned) == (NOON, None, None)
