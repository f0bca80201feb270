"""The office's short messages before a message centre that answers as it pleases."""

from __future__ import annotations

import time
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from factories.delivery import Hands, SubscriberFactory, ask, live, message, parcel, run
from pregon.channels.sms import link as links
from pregon.channels.sms import listening
from pregon.channels.sms.channel import SmsChannel
from pregon.delivery import actions as delivery
from pregon.delivery import registry
from pregon.delivery.contract import Answer, Arrival, Batch, Fate, Parcel, Price, Receipt, Report, Wish
from pregon.delivery.enums import MessageKind, Standing, State
from pregon.delivery.errors import DestinationGone, Misconfigured, Postponed, Rejected, Unanswered
from pregon.delivery.values import Block
from servers.smpp import PASSWORD, SYSTEM_ID, MessageCentre

PHONE = "+523312345678"
LINK = "https://muestra.example/boletines/2026-001/"


@pytest.fixture
def sms(message_centre: MessageCentre) -> SmsChannel:
    return channel(message_centre)


@pytest.fixture(autouse=True)
def nobody_listens_afterwards() -> Iterator[None]:
    yield
    listening.leave()


def channel(centre: MessageCentre, **options: Any) -> SmsChannel:
    given = {"host": "127.0.0.1", "port": centre.port, "system_id": SYSTEM_ID, "password": PASSWORD}
    built = registry.build("sms", given | options)
    assert isinstance(built, SmsChannel)
    return built


def news(number: int = 0, **fields: Any) -> Parcel:
    blocks = (Block(kind="paragraph", text="El andador quedó abierto este viernes al paso peatonal. " * 20),)
    return parcel(
        message(**({"blocks": blocks} | fields)),
        key=f"1-{number}",
        destination=f"+5233{12345678 + number:08d}",
    )


def brief(number: int = 0) -> Parcel:
    return news(number, blocks=(), dek="", dateline="")


class Handing(Batch):
    """``taken`` holds how many messages the centre had at each taking, and the keys that were taken then."""

    def __init__(self, parcels: list[Parcel], centre: MessageCentre | None = None) -> None:
        self.waiting, self.centre = list(parcels), centre
        self.taken: list[tuple[int, list[str]]] = []
        self.answers: dict[str, Answer] = {}

    def take(self, most: int = 1) -> list[Parcel]:
        group, self.waiting = self.waiting[:most], self.waiting[most:]
        self.taken.append((len(self.centre.messages) if self.centre else 0, [parcel.key for parcel in group]))
        return group

    def answer(self, parcel: Parcel, answer: Answer) -> None:
        assert parcel.key not in self.answers
        self.answers[parcel.key] = answer


def sent(sms: SmsChannel, parcels: list[Parcel]) -> tuple[dict[str, Answer], list[str], Exception | None]:
    """Each answer by its key, what was taken, and what stopped the channel."""
    batch = Handing(parcels)
    try:
        sms.send_batch(batch)
    except (Misconfigured, Postponed) as trouble:
        return batch.answers, [key for _messages, keys in batch.taken for key in keys], trouble
    return batch.answers, [key for _messages, keys in batch.taken for key in keys], None


# --- One message --------------------------------------------------------------------------------------------


def test_a_short_message_goes_alone(message_centre: MessageCentre) -> None:
    receipt = channel(message_centre, sender="28282").send(brief())
    [taken] = message_centre.messages
    assert (taken.sender, taken.to) == ((3, 0, "28282"), (1, 1, "523312345678"))
    assert (taken.data_coding, taken.esm_class, taken.registered) == (0, 0, 1)
    assert taken.content == f"Reabre el andador con empedrado nuevo\n{LINK}".encode("ascii")
    assert receipt.reference == taken.number


def test_a_long_one_goes_in_parts_that_a_phone_joins(sms: SmsChannel, message_centre: MessageCentre) -> None:
    receipt = sms.send(news())
    first, second = message_centre.messages
    assert [part.header[:3] for part in (first, second)] == [b"\x05\0\x03"] * 2
    assert [tuple(part.header[4:]) for part in (first, second)] == [(2, 1), (2, 2)]
    assert (first.header[3] == second.header[3], len(first.content)) == (True, 153)
    assert (first.registered, second.registered, receipt.reference) == (0, 1, second.number)
    assert (first.content + second.content).endswith(LINK.encode())


def test_a_long_one_may_be_left_to_the_provider_to_cut(message_centre: MessageCentre) -> None:
    channel(message_centre, long_messages="payload").send(news())
    [whole] = message_centre.messages
    assert (whole.octets, whole.esm_class, 160 < len(whole.payload or b"") <= 306) == (b"", 0, True)


def test_accents_are_kept_in_ucs2(message_centre: MessageCentre) -> None:
    channel(message_centre, accents="kept").send(news())
    assert {part.data_coding for part in message_centre.messages} == {8}
    assert "corazón" in b"".join(part.content for part in message_centre.messages).decode("utf-16-be")


@pytest.mark.parametrize(
    ("options", "seen"),
    [
        ({"sender": ""}, (0, 0, "")),
        ({"sender": "28282"}, (3, 0, "28282")),
        ({"sender": "+523311112222"}, (1, 1, "523311112222")),
        ({"sender": "523311112222"}, (1, 1, "523311112222")),
        ({"sender": "Ocotlan"}, (5, 0, "Ocotlan")),
        ({"sender": "28282", "sender_kind": "unknown"}, (0, 0, "28282")),
    ],
)
def test_a_sender_is_said_to_be_what_it_looks_like(
    message_centre: MessageCentre, options: dict[str, str], seen: tuple[int, int, str]
) -> None:
    channel(message_centre, **options).send(brief())
    assert message_centre.messages[0].sender == seen


def test_a_correction_and_a_withdrawal_are_new_messages(
    sms: SmsChannel, message_centre: MessageCentre
) -> None:
    for kind in (MessageKind.CORRECTION, MessageKind.WITHDRAWAL):
        about = message(
            kind, headline="Se retira el boletín", notice="Eran dieciocho.", url="", dek="", blocks=()
        )
        sms.send(parcel(about, destination=PHONE, in_reply_to="A001"))
    assert [taken.content for taken in message_centre.messages] == [
        b"Correccion: Se retira el boletin\nEran dieciocho.",
        b"Se retira el boletin\nEran dieciocho.",
    ]


# --- Many ---------------------------------------------------------------------------------------------------


def test_many_are_under_way_and_their_answers_come_in_any_order(message_centre: MessageCentre) -> None:
    message_centre.hold = 10
    sms = channel(message_centre, window=10, max_segments=1)
    with sms.session():
        answers, gone, trouble = sent(sms, [brief(number) for number in range(50)])
    by_number = {taken.to[2]: taken.number for taken in message_centre.messages}
    assert (message_centre.most_waiting, len(message_centre.binds), trouble) == (10, 1, None)
    assert gone == [f"1-{number}" for number in range(50)]
    assert answers == {
        f"1-{number}": Receipt(reference=by_number[f"5233{12345678 + number:08d}"]) for number in range(50)
    }


def test_no_more_are_under_way_than_the_window_holds(
    message_centre: MessageCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "ANSWERING", 0.3)
    message_centre.hold = 99
    answers, gone, trouble = sent(
        channel(message_centre, window=4, max_segments=1), [brief(number) for number in range(9)]
    )
    assert (len(message_centre.messages), gone) == (4, ["1-0", "1-1", "1-2", "1-3"])
    assert {type(answer) for answer in answers.values()} == {Unanswered}
    assert (len(answers), type(trouble)) == (4, Postponed)


def test_a_group_is_taken_when_half_of_the_window_is_free(message_centre: MessageCentre) -> None:
    message_centre.hold = 4
    batch = Handing([brief(number) for number in range(8)], message_centre)
    channel(message_centre, window=4, max_segments=1).send_batch(batch)
    assert (batch.taken[0], len(batch.taken) <= 5) == ((0, ["1-0", "1-1", "1-2", "1-3"]), True)


def test_one_by_one_each_is_taken_when_the_last_is_answered(message_centre: MessageCentre) -> None:
    batch = Handing([brief(number) for number in range(4)], message_centre)
    channel(message_centre, window=1).send_batch(batch)
    assert [messages for messages, _keys in batch.taken] == [0, 1, 2, 3, 4]


def test_throttling_stops_all_and_what_was_under_way_is_answered_for(message_centre: MessageCentre) -> None:
    message_centre.hold = 3  # the last one is answered first
    message_centre.script[brief(2).destination.removeprefix("+")] = [0x58]
    answers, gone, trouble = sent(
        channel(message_centre, window=3, max_segments=1), [brief(number) for number in range(9)]
    )
    assert ({key: type(answer) for key, answer in answers.items()}, gone) == (
        {"1-0": Receipt, "1-1": Receipt},
        ["1-0", "1-1", "1-2"],
    )
    assert (isinstance(trouble, Postponed) and trouble.whole, len(message_centre.messages)) == (True, 2)


def test_a_long_one_that_was_taken_in_part_goes_again_under_the_same_number(
    sms: SmsChannel, message_centre: MessageCentre
) -> None:
    message_centre.script[PHONE.removeprefix("+")] = [0x00, 0x58]
    with pytest.raises(Postponed):
        sms.send(news())
    sms.send(news())
    assert [part.header[3:] for part in message_centre.messages] == [
        message_centre.messages[0].header[3:4] + bytes([2, place]) for place in (1, 1, 2)
    ]


def test_a_wrong_sender_stops_all(sms: SmsChannel, message_centre: MessageCentre) -> None:
    message_centre.script[brief(0).destination.removeprefix("+")] = [0x0A]
    answers, _gone, trouble = sent(sms, [brief(0)])
    assert (answers, type(trouble)) == ({}, Misconfigured)


def test_each_refusal_is_one_parcels_own(sms: SmsChannel, message_centre: MessageCentre) -> None:
    for number, status in enumerate((0x0B, 0x01, 0x08)):
        message_centre.script[brief(number).destination.removeprefix("+")] = [status]
    wrong = parcel(message(), key="1-9", destination="no es un número")
    answers, _gone, trouble = sent(sms, [*(brief(number) for number in range(4)), wrong])
    assert ({key: type(answer) for key, answer in answers.items()}, trouble) == (
        {"1-0": DestinationGone, "1-1": Rejected, "1-2": Postponed, "1-3": Receipt, "1-9": Rejected},
        None,
    )


def test_a_server_that_hangs_up_leaves_in_doubt_what_it_had_and_the_rest_here(
    message_centre: MessageCentre,
) -> None:
    message_centre.hold, message_centre.hang_up_after = 99, 5
    answers, gone, trouble = sent(
        channel(message_centre, window=6, max_segments=1), [brief(number) for number in range(20)]
    )
    assert {type(answer) for answer in answers.values()} == {Unanswered}
    assert (set(answers) == set(gone), 5 <= len(gone) <= 6) == (True, True)
    assert isinstance(trouble, Postponed) and trouble.whole


@pytest.mark.parametrize(
    "nonsense",
    [b"\xff" * 64, b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\0\0\0\x11\x80\0\0\x04\0\0\0\0\0\0\0\x02A"],
)
def test_nonsense_leaves_a_doubt(sms: SmsChannel, message_centre: MessageCentre, nonsense: bytes) -> None:
    message_centre.nonsense = nonsense
    answers, _gone, trouble = sent(sms, [brief(0)])
    assert ([type(answer) for answer in answers.values()], type(trouble)) == ([Unanswered], Postponed)


def test_a_doubt_about_one_is_told_before_the_trouble_behind_it(
    sms: SmsChannel, message_centre: MessageCentre
) -> None:
    message_centre.hang_up_after = 0
    with pytest.raises(Unanswered):
        sms.send(brief(0))


def test_a_link_that_ended_between_two_batches_is_opened_again(
    sms: SmsChannel, message_centre: MessageCentre
) -> None:
    with sms.session():
        sms.send(brief(0))
        message_centre.cut()
        time.sleep(0.1)
        assert isinstance(sms.send(brief(1)), Receipt)
    assert len(message_centre.binds) == 2


def test_a_server_that_is_not_there_holds_everybody() -> None:
    with pytest.raises(Postponed) as delay:
        channel(MessageCentre(port=1)).send(brief())
    assert delay.value.whole


# --- What comes back ----------------------------------------------------------------------------------------


def collected(sms: SmsChannel, count: int) -> list[Arrival | Report]:
    until = time.monotonic() + 5
    while len(events := list(sms.collect(""))) < count and time.monotonic() < until:
        time.sleep(0.01)
    return events


@pytest.mark.parametrize(("notation", "hexadecimal"), [("same", False), ("hexadecimal", True)])
def test_a_receipt_comes_back_under_the_reference(
    message_centre: MessageCentre, notation: str, hexadecimal: bool
) -> None:
    message_centre.hexadecimal = hexadecimal
    sms = channel(message_centre, message_ids=notation)
    receipts = [sms.send(brief(number)) for number in range(2)]
    message_centre.receipt(message_centre.messages[0])
    message_centre.receipt(message_centre.messages[1], "UNDELIV", error="001", tlv=hexadecimal)
    assert [(event.fate, event.reference) for event in collected(sms, 2)] == [  # type: ignore[union-attr]
        (Fate.DELIVERED, receipts[0].reference),
        (Fate.FAILED, receipts[1].reference),
    ]


def test_people_join_and_leave_by_a_word(message_centre: MessageCentre) -> None:
    for phone, word in (("523312345678", b"ALTA"), ("5213312345679", b"Baja")):
        message_centre.write(phone, word)
    arrivals = collected(channel(message_centre, connection="transceiver"), 2)
    assert [(event.sender, event.wish) for event in arrivals] == [  # type: ignore[union-attr]
        (PHONE, Wish.SUBSCRIBE),
        ("+523312345679", Wish.LEAVE),
    ]


def test_sending_takes_no_receipts_away_from_who_listens(message_centre: MessageCentre) -> None:
    sms = channel(message_centre, connection="transceiver")
    with sms.session():
        sms.send(brief(0))
        message_centre.receipt(message_centre.messages[0])
        sms.send(brief(1))
    assert [type(event) for event in collected(sms, 1)] == [Report]


def test_where_nothing_comes_back_nothing_is_asked_for(message_centre: MessageCentre) -> None:
    sms = channel(message_centre, connection="send")
    sms.send(brief())
    assert (sms.collect(""), message_centre.messages[0].registered) == ((), 0)
    assert [kind for kind, _user in message_centre.binds] == ["transmitter"]


# --- What it costs and how it looks -------------------------------------------------------------------------


def test_a_price_is_told_for_every_segment(message_centre: MessageCentre) -> None:
    sms = channel(message_centre, price="0.35")
    assert sms.price(news()) == Price(amount=Decimal("0.70"), currency="MXN", reason="2 SMS de 0.35 MXN")
    assert channel(message_centre).price(news()) is None


def test_a_preview_shows_the_text_and_its_segments(message_centre: MessageCentre) -> None:
    sms = channel(message_centre, price="0.35")
    given = brief()
    text = f"Reabre el andador con empedrado nuevo\n{LINK}"
    assert (
        sms.preview(given).text
        == f"{text}\n\n[1 SMS · {len(text)} de 160 letras · alfabeto GSM · 0.35 MXN]\n"
    )
    sms.send(news())
    whole = b"".join(part.content for part in message_centre.messages).decode("ascii")
    assert sms.preview(news()).text.startswith(f"{whole}\n\n[2 SMS · {len(whole)} de 306 letras · ")


def test_a_preview_says_when_a_link_takes_more_than_the_office_wanted(message_centre: MessageCentre) -> None:
    long = brief(0).message
    given = parcel(message(url="https://muestra.example/" + "b" * 200, dek="", blocks=()), destination=PHONE)
    preview = channel(message_centre, max_segments=1, accents="kept").preview(given).text
    assert (long.kind, preview.rstrip().endswith("· el enlace no cabe en menos]")) == (MessageKind.NEWS, True)


def test_the_contracts_pace_counts_segments(message_centre: MessageCentre) -> None:
    assert channel(message_centre).pace(PHONE) is None
    assert channel(message_centre, per_minute=600, max_segments=2).pace(PHONE) == ("127.0.0.1", 300)
    assert channel(message_centre, per_minute=1, max_segments=2).pace(PHONE) == ("127.0.0.1", 1)


# --- Setting up ---------------------------------------------------------------------------------------------


def test_checking_says_who_we_are_there(sms: SmsChannel, message_centre: MessageCentre) -> None:
    assert (sms.check(), message_centre.messages) == ("muestra en CENTRO", [])


@pytest.mark.parametrize("wrong", [{"password": "otra"}, {"system_id": "otro"}, {"port": 1}])
def test_checking_says_what_is_wrong(message_centre: MessageCentre, wrong: dict[str, Any]) -> None:
    with pytest.raises(Misconfigured):
        channel(message_centre, **wrong).check()


@pytest.mark.parametrize(
    "wrong",
    [
        {"port": 0},
        {"system_id": "x" * 16},
        {"password": "contraseña"},
        {"window": 0},
        {"max_segments": 11},
        {"per_minute": -1},
        {"country": "mx"},
        {"price": "treinta"},
        {"price": "-1"},
        {"price": "NaN"},
        {"sender_kind": "x"},
        {"connection": "x"},
        {"accents": "x"},
        {"long_messages": "x"},
        {"message_ids": "x"},
    ],
)
def test_options_that_cannot_be_are_refused(message_centre: MessageCentre, wrong: dict[str, Any]) -> None:
    with pytest.raises(Misconfigured):
        channel(message_centre, **wrong)


def test_a_number_is_kept_in_one_spelling(message_centre: MessageCentre) -> None:
    assert channel(message_centre).normalise("33 1234 5678") == PHONE
    assert channel(message_centre, country="34").normalise("600 123 456") == "+34600123456"


# --- With the engine ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_bulletin_is_sent_delivered_and_left_by_a_word(message_centre: MessageCentre) -> None:
    live("sms", host="127.0.0.1", port=message_centre.port, system_id=SYSTEM_ID, password=PASSWORD)
    people = [SubscriberFactory(channel="sms", address=f"+5233123456{number}") for number in range(70, 78)]
    hands, asked = Hands(), ask()
    run(hands, turns=2)
    assert set(asked.deliveries.values_list("state", flat=True)) == {State.SENT}
    for submitted in [taken for taken in message_centre.messages if taken.registered]:
        message_centre.receipt(submitted)
    message_centre.write("523312345670", b"BAJA")
    until = time.monotonic() + 10
    while message_centre.waiting and time.monotonic() < until:
        delivery.collect_due(at=hands.forward(seconds=2))
    assert set(asked.deliveries.values_list("state", flat=True)) == {State.DELIVERED}
    people[0].refresh_from_db()
    assert (people[0].standing, len(people), message_centre.waiting) == (Standing.LEFT, 8, {})
