"""The smallest channel there may be, and what it inherits."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import FrozenInstanceError, dataclass
from typing import Any, ClassVar

import pytest

from factories.delivery import KeyedChannel, SpokenChannel, message, parcel, picture, video
from pregon.core.http import Http, client
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
from pregon.delivery.errors import Misconfigured, Rejected, Unanswered

OTHER = picture(url="https://muestra.example/fotos/2/960.jpg")


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


@pytest.mark.parametrize(
    ("before", "now", "dropped", "drops_cover"),
    [
        (None, {}, set(), False),
        ({}, {"picture": picture()}, set(), False),
        ({"picture": picture()}, {"picture": picture(alt="Otra descripción")}, set(), False),
        ({"picture": picture()}, {"picture": OTHER}, {picture().url}, True),
        ({"picture": picture()}, {"picture": OTHER, "pictures": (OTHER, picture())}, set(), False),
        ({"picture": picture(), "pictures": (picture(), OTHER)}, {"picture": picture()}, {OTHER.url}, False),
        ({"video": video(), "picture": OTHER}, {"picture": OTHER}, {video().url}, False),
    ],
    ids=["first", "added", "described", "another", "moved", "beside", "video"],
)
def test_what_went_along_before_and_does_so_no_more_is_dropped(
    before: dict[str, Any] | None, now: dict[str, Any], dropped: set[str], drops_cover: bool
) -> None:
    sent = parcel(message(**now), before=None if before is None else message(**before))
    assert (sent.dropped, sent.drops_cover) == (dropped, drops_cover)


def test_a_channel_is_taken_for_one_that_knows_no_keys_unless_it_says_so() -> None:
    assert (SpokenChannel.limits.idempotent, KeyedChannel.limits.idempotent) == (False, True)


# --- A batch ------------------------------------------------------------------------------------------------


class Tray(Batch):
    """Parcels to take, and what was answered."""

    def __init__(self, count: int) -> None:
        self.waiting = [parcel(key=f"1-{number}") for number in range(count)]
        self.answers: dict[str, Answer] = {}
        self.most_taken, self._held = 0, 0

    def take(self, most: int = 1) -> list[Parcel]:
        taken, self.waiting = self.waiting[:most], self.waiting[most:]
        self._held += len(taken)
        self.most_taken = max(self.most_taken, self._held)
        return taken

    def answer(self, parcel: Parcel, answer: Answer) -> None:
        self._held -= 1
        self.answers[parcel.key] = answer


class ManyHandsChannel(BoardChannel):
    limits = Limits(at_once=4)

    def __init__(self, options: BoardOptions, http: Http) -> None:
        super().__init__(options, http)
        self.script: dict[str, Exception] = {}
        self.together, self.most_together, self._lock = 0, 0, threading.Lock()

    def send(self, parcel: Parcel) -> Receipt:
        with self._lock:
            self.together += 1
            self.most_together = max(self.most_together, self.together)
        time.sleep(0.005)
        with self._lock:
            self.together -= 1
        if parcel.key in self.script:
            raise self.script[parcel.key]
        return Receipt(reference=parcel.key)


def many_hands() -> ManyHandsChannel:
    return ManyHandsChannel(BoardOptions(token="a"), client())


def test_several_calls_are_under_way_at_once_and_each_has_one_parcel() -> None:
    channel, tray = many_hands(), Tray(20)
    channel.send_batch(tray)
    assert {key: type(answer) for key, answer in tray.answers.items()} == {
        f"1-{number}": Receipt for number in range(20)
    }
    assert (tray.most_taken, channel.most_together) == (4, 4)


@pytest.mark.parametrize("make", [board, many_hands])
def test_a_refusal_is_an_answer_and_trouble_for_all_is_raised(make: Callable[[], BoardChannel]) -> None:
    channel, tray = make(), Tray(3)
    refusals: dict[str, Exception] = {"1-0": Rejected("No."), "1-1": Misconfigured("Falta la clave.")}

    def send(parcel: Parcel) -> Receipt:
        if parcel.key in refusals:
            raise refusals[parcel.key]
        return Receipt(reference=parcel.key)

    channel.send = send  # type: ignore[method-assign]
    with pytest.raises(Misconfigured, match="Falta la clave"):
        channel.send_batch(tray)
    assert str(tray.answers["1-0"]) == "No."
    assert "1-1" not in tray.answers


def test_a_fault_of_ours_waits_until_the_others_are_heard_out() -> None:
    channel, tray = many_hands(), Tray(4)
    channel.script["1-0"] = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        channel.send_batch(tray)
    assert sorted(tray.answers) == ["1-1", "1-2", "1-3"]


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
