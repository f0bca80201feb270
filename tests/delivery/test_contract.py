"""The smallest channel there may be, and what it inherits."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass
from typing import ClassVar

import pytest

from factories.delivery import KeyedChannel, SpokenChannel, parcel
from pregon.core.http import client
from pregon.delivery.contract import (
    Alone,
    Answer,
    Batch,
    Channel,
    HttpOptions,
    Limits,
    Options,
    Parcel,
    Preview,
    Receipt,
)
from pregon.delivery.errors import Rejected, Unanswered


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardOptions(HttpOptions):
    secret: ClassVar[frozenset[str]] = frozenset({"token"})

    token: str


class BoardChannel(Channel[BoardOptions]):
    kind = "board"
    label = "Pizarra"
    options_class = BoardOptions

    def preview(self, parcel: Parcel) -> Preview:
        return Preview(subject=parcel.message.headline, text=parcel.message.headline)

    def send(self, parcel: Parcel) -> Receipt:
        return Receipt(reference=parcel.key)


def board() -> BoardChannel:
    return BoardChannel(BoardOptions(token="a"), client())


def test_the_smallest_channel_inherits_the_rest() -> None:
    channel = board()
    with channel.session():
        assert channel.send(parcel()).reference == "1-2"
    assert (channel.check(), channel.normalise(" plaza "), list(channel.collect("")), channel.limits) == (
        "",
        "plaza",
        [],
        Limits(),
    )


def test_options_name_their_lines_and_which_of_them_are_secret() -> None:
    assert (BoardOptions.names(), BoardOptions.secret, Options.names()) == (
        ["allow_private", "token"],
        {"token"},
        [],
    )


def test_what_crosses_the_border_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        parcel().key = "2-2"  # type: ignore[misc]  # that is what is tried


def test_a_channel_is_taken_for_one_that_knows_no_keys_unless_it_says_so() -> None:
    assert (SpokenChannel.limits.idempotent, KeyedChannel.limits.idempotent) == (False, True)


def test_a_parcel_that_is_sent_by_itself_has_one_answer() -> None:
    class Many(BoardChannel):
        def send(self, parcel: Parcel) -> Receipt:
            alone = Alone(parcel)
            self.send_batch(alone)
            return alone.receipt()

        def send_batch(self, batch: Batch) -> None:
            while taken := batch.take(5):
                batch.answer(taken[0], answers.pop())

    answers: list[Answer] = [Rejected("No."), Receipt(reference="1")]
    channel = Many(BoardOptions(token="a"), client())
    assert channel.send(parcel()) == Receipt(reference="1")
    with pytest.raises(Rejected):
        channel.send(parcel())
    with pytest.raises(Unanswered):
        Alone(parcel()).receipt()
