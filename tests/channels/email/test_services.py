"""Recorded answers of each mail service, as their documentation gives them, each with what it says of our letters."""

from __future__ import annotations

import copy
import email
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factories.delivery import parcel
from pregon.channels.email import services
from pregon.channels.email.relays import UNREADABLE
from pregon.channels.email.services import about
from pregon.delivery import registry
from pregon.delivery.contract import Arrival, Fate, Report, Wish

HERE = Path(__file__).parent / "relays"
OURS, WHO = "<7-41.AbCdEfGh_-12@muestra.example>", "vecina@muestra.example"

#: What became of which letter, where the service gives back its number.
RECORDED = {
    "ses-bounce": (Fate.GONE, OURS),
    "ses-bounce-of-an-identity": (Fate.GONE, ""),
    "ses-complaint": (Fate.COMPLAINT, OURS),
    "ses-delivery": (Fate.DELIVERED, OURS),
    "mailgun-failed": (Fate.GONE, OURS),
    "mailgun-suppressed": (Fate.FAILED, OURS),
    "mailgun-complained": (Fate.COMPLAINT, OURS),
    "mailgun-delivered": (Fate.DELIVERED, OURS),
    "postmark-bounce": (Fate.GONE, ""),
    "postmark-blocked": (Fate.FAILED, ""),
    "postmark-complaint": (Fate.COMPLAINT, ""),
    "postmark-suppressed-complaint": (Fate.COMPLAINT, ""),
    "postmark-delivery": (Fate.DELIVERED, ""),
    "brevo-hard-bounce": (Fate.GONE, OURS),
    "brevo-blocked": (Fate.FAILED, ""),
    "brevo-spam": (Fate.COMPLAINT, ""),
    "brevo-delivered": (Fate.DELIVERED, OURS),
}
SAYING_NOTHING = {
    "ses-bounce-transient",
    "ses-no-complaint",
    "ses-delay",
    "ses-topic-chosen",
    "mailgun-temporary",
    "mailgun-opened",
    "postmark-soft",
    "postmark-reactivated",
    "brevo-soft-bounce",
    "brevo-deferred",
}
ELSE = {"postmark-left", "sendgrid"}


def recorded(name: str) -> Any:
    return json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))


def said(name: str, told: Any = None) -> list[Arrival | Report]:
    return list(getattr(services, name.partition("-")[0])(recorded(name) if told is None else told))


@pytest.mark.parametrize("name", RECORDED)
def test_what_a_service_tells(name: str) -> None:
    [report] = said(name)
    assert isinstance(report, Report)
    assert (report.fate, report.reference, report.destination.lower()) == (*RECORDED[name], WHO)
    assert bool(report.reason) == (report.fate in {Fate.GONE, Fate.FAILED})


@pytest.mark.parametrize("name", sorted(SAYING_NOTHING))
def test_what_is_tried_again_or_was_no_complaint_says_nothing(name: str) -> None:
    assert said(name) == []


def test_sendgrid_tells_of_many_letters_at_once() -> None:
    assert [(report.fate, report.reference[:5]) for report in services.sendgrid(recorded("sendgrid"))] == [
        (Fate.DELIVERED, "<7-41"),
        (Fate.GONE, "<7-42"),
        (Fate.FAILED, "<7-43"),
        (Fate.FAILED, ""),
        (Fate.COMPLAINT, "<7-44"),
    ]


def test_brevo_may_tell_of_many_letters_at_once() -> None:
    told = [recorded("brevo-hard-bounce"), recorded("brevo-deferred"), recorded("brevo-spam")]
    assert [report.fate for report in services.brevo(told)] == [Fate.GONE, Fate.COMPLAINT]


def test_who_leaves_by_postmarks_own_link_has_left() -> None:
    assert said("postmark-left") == [Arrival(sender=WHO, name="", wish=Wish.BLOCK)]


def test_an_address_that_postmark_cannot_write_out_leaves_nobody() -> None:
    assert said("postmark-left", recorded("postmark-left") | {"Recipient": ""}) == []


def test_every_recorded_answer_is_proved() -> None:
    assert {path.stem for path in HERE.iterdir()} == SAYING_NOTHING | ELSE | set(RECORDED)


@pytest.mark.parametrize(
    ("reference", "known"),
    [
        (OURS, OURS),
        (OURS.strip("<>"), OURS),
        (f" {OURS} ", OURS),
        ("<201803062010.27287306012@smtp-relay.mailin.fr>", ""),
        ("EXAMPLE7c191be45-e9aedb9a-02f9", ""),
        (f"{OURS}\n{OURS}", ""),
        (None, ""),
        (7, ""),
    ],
)
def test_only_a_number_of_ours_is_taken_for_one(reference: Any, known: str) -> None:
    [report] = about(Fate.FAILED, WHO, reference)
    assert (report.reference, report.destination) == (known, WHO)


def test_the_number_of_a_letter_that_leaves_is_taken_for_ours() -> None:
    channel = registry.build("email", {"host": "correo.example", "sender_address": "a@peñuelas.example"})
    raw = channel.preview(parcel(key="1234567-987654321")).raw
    number = str(email.message_from_bytes(raw)["Message-ID"])
    assert [report.reference for report in about(Fate.FAILED, WHO, number)] == [number]


@pytest.mark.parametrize("address", [None, "", "vecina", 7, "a b@muestra.example", "\ud800@muestra.example"])
def test_what_names_neither_letter_nor_receiver_says_nothing(address: Any) -> None:
    assert list(about(Fate.GONE, address, "<otra@ejemplo.invalid>")) == []


def leaves(told: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    inside = told.items() if isinstance(told, dict) else enumerate(told) if isinstance(told, list) else ()
    for name, value in inside:
        yield from leaves(value, (*path, name))


@settings(deadline=None)
@given(
    name=st.sampled_from(sorted({*RECORDED, *SAYING_NOTHING, *ELSE})),
    pick=st.floats(0, 0.999),
    junk=st.sampled_from([None, 0, -1.5, "", "\ud800", "x", [], [None], {}, {"a": 1}, True]),
)
def test_an_answer_with_junk_in_it_is_read_or_said_to_be_unreadable(
    name: str, pick: float, junk: Any
) -> None:
    told = copy.deepcopy(recorded(name))
    paths = list(leaves(told))
    *way, last = paths[int(pick * len(paths))]
    place = told
    for step in way:
        place = place[step]
    place[last] = junk
    try:
        events = said(name, told)
    except UNREADABLE:
        return
    assert [event for event in events if not isinstance(event, (Arrival, Report))] == []
