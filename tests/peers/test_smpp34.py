"""Our SMPP before a server that others wrote: it reads what we submit, and we read what it delivers."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from factories.delivery import message, parcel
from pregon.channels.sms import listening
from pregon.channels.sms.alphabet import decode
from pregon.channels.sms.channel import SmsChannel
from pregon.delivery import registry
from pregon.delivery.contract import Answer, Batch, Fate, Parcel, Receipt
from pregon.delivery.errors import DestinationGone, Postponed
from pregon.delivery.values import Block
from servers.smpp34_centre import smpp34_serving

pytestmark = pytest.mark.peers


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    with smpp34_serving(tmp_path_factory.mktemp("smpp34")) as centre:
        yield centre


@pytest.fixture(autouse=True)
def nobody_listens_afterwards() -> Iterator[None]:
    yield
    listening.leave()


def channel(centre: tuple[int, Path], **options: Any) -> SmsChannel:
    given = {
        "host": "127.0.0.1",
        "port": centre[0],
        "system_id": "muestra",
        "password": "una",
        "sender": "28282",
    }
    built = registry.build("sms", given | options)
    assert isinstance(built, SmsChannel)
    return built


def about(number: int, **fields: Any) -> Parcel:
    given = message(**({"dek": "", "dateline": "", "blocks": ()} | fields))
    return parcel(given, key=f"1-{number}", destination=f"+52331234{number:04d}")


class Handing(Batch):
    """Parcels that are handed over as they are asked for."""

    def __init__(self, parcels: list[Parcel]) -> None:
        self.waiting, self.answers = parcels, {}

    def take(self, most: int = 1) -> list[Parcel]:
        group, self.waiting = self.waiting[:most], self.waiting[most:]
        return group

    def answer(self, parcel: Parcel, answer: Answer) -> None:
        self.answers[parcel.key] = answer


def taken(centre: tuple[int, Path], number: int) -> list[dict[str, Any]]:
    lines = map(json.loads, centre[1].read_text().splitlines())
    return [line for line in lines if line["to"] == f"52331234{number:04d}"]


def test_it_lets_us_in_and_says_who_it_is(centre: tuple[int, Path]) -> None:
    assert channel(centre).check() == "muestra en AJENO"


def test_it_reads_what_we_submit(centre: tuple[int, Path]) -> None:
    receipt = channel(centre).send(about(1, headline="Mañana abre «La Noria»"))
    [line] = taken(centre, 1)
    assert (line["number"], line["sender"], line["data_coding"]) == (receipt.reference, [3, 0, "28282"], 0)
    assert decode(bytes.fromhex(line["message"]), 0).startswith('Mañana abre "La Noria"\nhttps://')


@pytest.mark.parametrize(("number", "form"), [(2, "udh"), (3, "payload")])
def test_it_reads_a_long_one_either_way(centre: tuple[int, Path], number: int, form: str) -> None:
    blocks = (Block(kind="paragraph", text="El andador quedó abierto. " * 30),)
    channel(centre, long_messages=form, accents="kept").send(about(number, blocks=blocks))
    lines = taken(centre, number)
    whole = b"".join(bytes.fromhex(line["payload"] or line["message"][12:]) for line in lines)
    assert ([line["esm_class"] for line in lines], {line["data_coding"] for line in lines}) == (
        [0x40, 0x40] if form == "udh" else [0],
        {8},
    )
    assert "quedó abierto" in whole.decode("utf-16-be")


def test_many_are_under_way_and_each_refusal_is_its_own(centre: tuple[int, Path]) -> None:
    numbers = [*range(100, 111), 111, *range(112, 150)]
    batch = Handing([about(number) for number in numbers])
    channel(centre, window=20).send_batch(batch)
    kinds = {key: type(answer) for key, answer in batch.answers.items()}
    assert kinds == {f"1-{number}": DestinationGone if number == 111 else Receipt for number in numbers}


def test_throttling_stops_all(centre: tuple[int, Path]) -> None:
    with pytest.raises(Postponed) as delay:
        channel(centre).send(about(158))
    assert delay.value.whole


def test_its_receipts_come_back_under_our_references(centre: tuple[int, Path]) -> None:
    sms = channel(centre)
    sms.collect("")
    receipt = sms.send(about(4))
    until, reports = time.monotonic() + 10, []
    while receipt.reference not in reports and time.monotonic() < until:
        reports = [event.reference for event in sms.collect("") if event.fate == Fate.DELIVERED]  # type: ignore[union-attr]
    assert receipt.reference in reports
