"""Whatever a server does, each parcel is answered once, and no answer says what did not happen."""

from __future__ import annotations

import re
import ssl
import threading
import time
from collections import Counter
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
import trustme
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from factories.delivery import Tray, parcel
from pregon.channels.email import channel as email
from pregon.channels.email import conversation, pipeline
from pregon.channels.email.channel import EmailChannel, hang_up
from pregon.channels.email.pipeline import stuffed
from pregon.delivery import registry
from pregon.delivery.contract import Answer, Receipt
from pregon.delivery.errors import (
    DeliveryError,
    DestinationGone,
    Misconfigured,
    Postponed,
    Rejected,
    Unanswered,
)
from servers.scripted import HANG_UP, Act, ScriptedSmtp, say, scripted_serving


def tray(count: int, *, start: int = 0) -> Tray:
    numbers = range(start, start + count)
    return Tray([parcel(key=f"1-{n}", destination=f"p{n}@muestra.example") for n in numbers])


def channel(server: ScriptedSmtp, **options: Any) -> EmailChannel:
    plain = {
        "host": server.host,
        "port": server.port,
        "security": "none",
        "sender_address": "boletines@muestra.example",
    }
    built = registry.build("email", plain | options)
    assert isinstance(built, EmailChannel)
    return built


def send(server: ScriptedSmtp, batch: Tray, **options: Any) -> DeliveryError | None:
    """Send it all; what stopped the channel, if anything did."""
    try:
        channel(server, **options).send_batch(batch)
    except DeliveryError as problem:
        return problem
    return None


def only(server: ScriptedSmtp, **options: Any) -> Answer:
    """What becomes of one letter alone."""
    try:
        return channel(server, **options).send(parcel(destination="p0@muestra.example"))
    except DeliveryError as problem:
        return problem


# --- All goes well ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize("manner", ["plainly", "byte_by_byte", "in_one_packet"])
def test_each_letter_arrives_once_however_the_server_talks(
    scripted_smtp: ScriptedSmtp, *, pipelining: bool, manner: str
) -> None:
    scripted_smtp.pipelining = pipelining
    scripted_smtp.byte_by_byte = manner == "byte_by_byte"
    scripted_smtp.in_one_packet = manner == "in_one_packet"
    batch = tray(30)
    assert send(scripted_smtp, batch) is None
    arrived = {one.receiver: message_from_bytes(one.raw) for one in scripted_smtp.taken}
    assert (len(scripted_smtp.taken), len(arrived)) == (30, 30)
    assert {receiver: mail["To"] for receiver, mail in arrived.items()} == {who: who for who in batch.taken}
    assert batch.answers == {
        receiver: Receipt(reference=mail["Message-ID"]) for receiver, mail in arrived.items()
    }


@given(raw=st.lists(st.sampled_from([b".", b"\r\n", b"a"])).map(b"".join))
def test_a_dot_that_begins_a_line_is_doubled_and_no_other(raw: bytes) -> None:
    assert stuffed(raw) == b"\r\n".join(
        b"." + line if line.startswith(b".") else line for line in raw.split(b"\r\n")
    )


def test_with_pipelining_a_letter_takes_two_round_trips(scripted_smtp: ScriptedSmtp) -> None:
    send(scripted_smtp, tray(1))
    [talk] = scripted_smtp.talks
    [envelope] = [packet for packet in talk.packets if b"MAIL" in packet]
    assert re.findall(rb"^[A-Z]{4}", envelope, re.MULTILINE) == [b"MAIL", b"RCPT", b"DATA"]


def test_without_pipelining_each_command_waits_for_its_answer(scripted_smtp: ScriptedSmtp) -> None:
    scripted_smtp.pipelining = False
    send(scripted_smtp, tray(1))
    [talk] = scripted_smtp.talks
    commands = [packet for packet in talk.packets if packet[:4] in {b"MAIL", b"RCPT", b"DATA"}]
    assert [packet.count(b"\r\n") for packet in commands] == [1, 1, 1]


def test_lines_are_added_while_letters_go_on_coming_and_none_holds_two(scripted_smtp: ScriptedSmtp) -> None:
    scripted_smtp.always["dot"] = Act(reply="250 Queued", delay=0.005)
    batch = tray(120)
    assert send(scripted_smtp, batch, connections=4) is None
    assert batch.kinds == {Receipt: 120}
    assert 2 <= scripted_smtp.most_open <= 4
    assert batch.most_in_hand <= 4
    assert len(scripted_smtp.receivers) == len(set(scripted_smtp.receivers)) == 120


def test_a_slow_server_gets_more_lines_before_the_first_ones_are_through(
    scripted_smtp: ScriptedSmtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "SLOW", 0.05)
    scripted_smtp.always["dot"] = Act(reply="250 Queued", delay=0.5)
    batch = tray(4)
    assert send(scripted_smtp, batch, connections=4) is None
    assert (batch.kinds, scripted_smtp.most_open) == ({Receipt: 4}, 4)


def test_a_few_letters_open_one_line(scripted_smtp: ScriptedSmtp) -> None:
    send(scripted_smtp, tray(4))
    assert len(scripted_smtp.talks) == 1


def test_lines_are_kept_for_the_next_batch_and_hung_up_when_they_grow_old(
    scripted_smtp: ScriptedSmtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    for start in (0, 3):
        send(scripted_smtp, tray(3, start=start))
    assert len(scripted_smtp.talks) == 1
    monkeypatch.setattr(pipeline, "KEPT", 0)
    send(scripted_smtp, tray(3, start=6))
    assert (len(scripted_smtp.talks), len(scripted_smtp.taken)) == (2, 9)


def test_kept_lines_that_the_server_closed_hold_nobody_up(scripted_smtp: ScriptedSmtp) -> None:
    scripted_smtp.always["dot"] = Act(reply="250 Queued", delay=0.005)
    send(scripted_smtp, tray(60), connections=4)
    scripted_smtp.hang_up_on_all()
    batch = tray(5, start=60)
    assert send(scripted_smtp, batch, connections=4) is None
    assert (batch.kinds, len(scripted_smtp.taken)) == ({Receipt: 5}, 65)


def test_a_server_that_lets_in_two_gets_two(scripted_smtp: ScriptedSmtp) -> None:
    scripted_smtp.most = 2
    scripted_smtp.always["dot"] = Act(reply="250 Queued", delay=0.005)
    batch = tray(80)
    assert send(scripted_smtp, batch, connections=10) is None
    assert (batch.kinds, scripted_smtp.most_open) == ({Receipt: 80}, 2)


def test_a_server_that_leaves_another_line_waiting_holds_up_no_batch(
    scripted_smtp: ScriptedSmtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(email, "SECONDS", 5)
    scripted_smtp.script["greet"].extend([say("220 muestra.example"), Act(reply="220 late", delay=2)])
    began = time.monotonic()
    batch = tray(20)
    assert send(scripted_smtp, batch) is None
    assert (batch.kinds, time.monotonic() - began < 1.8) == ({Receipt: 20}, True)
    for thread in [one for one in threading.enumerate() if one.name == "smtp-line"]:
        thread.join(timeout=5)


def test_one_message_for_each_connection_is_enough_to_go_on(scripted_smtp: ScriptedSmtp) -> None:
    scripted_smtp.always["dot"] = Act(reply="250 Queued, goodbye", hangs_up=True)
    batch = tray(12)
    assert send(scripted_smtp, batch) is None
    assert (batch.kinds, len(scripted_smtp.taken)) == ({Receipt: 12}, 12)


# --- A refusal has its name ---------------------------------------------------------------------------------

NAMES = [
    ("mail", "550 5.7.1 Not yours to use", Misconfigured, True),
    ("mail", "451 4.3.0 Later", Postponed, True),
    ("mail", "421 4.7.0 Too much", Postponed, True),
    ("rcpt", "550 5.1.1 No such user", DestinationGone, False),
    ("rcpt", "550 5.1.10 Null MX", DestinationGone, False),
    ("rcpt", "550 5.2.1 Disabled", DestinationGone, False),
    ("rcpt", "550 5.2.11 No code of ours", Rejected, False),
    ("rcpt", "554 5.7.1 Not wanted", Rejected, False),
    ("rcpt", "554 5.7.1 <boletines@muestra.example>: Sender address rejected", Misconfigured, True),
    ("rcpt", "550 5.1.8 Unknown sender domain", Misconfigured, True),
    ("rcpt", "530 5.7.0 Authentication required", Misconfigured, True),
    ("rcpt", "554 5.7.1 <p0@muestra.example>: Relay access denied", Misconfigured, True),
    ("rcpt", "550 5.7.1 Undeliverable: elsewhere said 554 Relay access denied", Rejected, False),
    ("rcpt", "450 4.2.0 Greylisted", Postponed, False),
    ("rcpt", "421 4.7.0 Closing", Postponed, True),
    ("data", "554 5.6.0 Nothing of that kind", Rejected, False),
    ("data", "452 4.3.1 Disk full", Postponed, False),
    ("data", "421 4.3.2 Closing", Postponed, True),
    ("dot", "554 5.7.1 Spam", Rejected, False),
    ("dot", "552 5.3.4 Too big", Rejected, False),
    ("dot", "451 4.3.0 Later", Postponed, False),
    ("dot", "421 4.3.2 Closing", Postponed, True),
]


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize("hangs_up", [True, False])
@pytest.mark.parametrize(("step", "reply", "name", "whole"), NAMES)
def test_each_refusal_has_its_name(
    scripted_smtp: ScriptedSmtp,
    *,
    pipelining: bool,
    hangs_up: bool,
    step: str,
    reply: str,
    name: type[DeliveryError],
    whole: bool,
) -> None:
    """Also by a server that hangs up on whom it refuses, right behind its words."""
    scripted_smtp.pipelining = pipelining
    scripted_smtp.always[step] = Act(reply=reply, hangs_up=hangs_up and step in {"rcpt", "dot"})
    answer = only(scripted_smtp)
    if hangs_up and pipelining and step == "rcpt" and not reply.startswith("421"):
        assert isinstance(answer, Postponed)  # DATA was on its way: what it would have said nobody knows
        return
    assert (type(answer), reply[4:] in str(answer), scripted_smtp.taken) == (name, True, [])
    assert pipeline.stops_all(answer) is whole  # type: ignore[arg-type]  # it is no receipt


def test_waiting_is_short_for_all_and_longer_for_one(scripted_smtp: ScriptedSmtp) -> None:
    scripted_smtp.script["rcpt"].append(say("450 4.2.0 Greylisted"))
    alone = only(scripted_smtp)
    scripted_smtp.script["mail"].append(say("451 4.3.0 Later"))
    everybody = only(scripted_smtp)
    assert isinstance(alone, Postponed)
    assert isinstance(everybody, Postponed)
    assert (alone.wait, everybody.wait) == (timedelta(minutes=5), timedelta(minutes=1))


@pytest.mark.parametrize("lenient", [True, False])
def test_a_refused_address_sends_nothing_and_the_line_goes_on(
    scripted_smtp: ScriptedSmtp, *, lenient: bool
) -> None:
    """With ``lenient`` the server asks for a letter that nobody may get; it gets an empty one."""
    scripted_smtp.lenient = lenient
    scripted_smtp.for_receiver["p1@muestra.example"] = say("550 5.1.1 No such user")
    batch = tray(4)
    assert send(scripted_smtp, batch) is None
    [talk] = scripted_smtp.talks
    assert (batch.kinds, len(scripted_smtp.taken)) == ({Receipt: 3, DestinationGone: 1}, 3)
    assert [command[:4] for command in talk.commands if command[:4] in {"RSET", "MAIL"}] == [
        "MAIL",
        "MAIL",
        "RSET",
        "MAIL",
        "MAIL",
    ]


def test_a_line_that_cannot_forget_a_refusal_is_given_up(scripted_smtp: ScriptedSmtp) -> None:
    scripted_smtp.always["rset"] = say("502 5.5.1 Not here")
    scripted_smtp.for_receiver["p1@muestra.example"] = say("550 5.1.1 No such user")
    batch = tray(4)
    assert send(scripted_smtp, batch) is None
    assert (batch.kinds, len(scripted_smtp.talks)) == ({Receipt: 3, DestinationGone: 1}, 2)


def test_letters_of_the_world_go_only_where_they_are_read(scripted_smtp: ScriptedSmtp) -> None:
    people = [parcel(key=f"1-{n}", destination=who) for n, who in enumerate(["begoña@muestra.example"] * 2)]
    batch = Tray([*people, *tray(1).waiting])
    assert send(scripted_smtp, batch) is None
    assert "MAIL FROM:<boletines@muestra.example> SMTPUTF8" in scripted_smtp.talks[0].commands
    hang_up()
    scripted_smtp.smtputf8 = False
    batch = Tray([*people, *tray(1).waiting])
    assert send(scripted_smtp, batch) is None
    assert [type(answer) for _receiver, answer in batch.said] == [Rejected, Rejected, Receipt]


def test_a_server_that_takes_no_such_letters_after_all_stops_nobody_else(scripted_smtp: ScriptedSmtp) -> None:
    scripted_smtp.script["mail"].append(say("553 5.6.7 Not from here"))
    batch = Tray([parcel(destination="begoña@muestra.example"), *tray(1).waiting])
    assert send(scripted_smtp, batch) is None
    assert [type(answer) for _receiver, answer in batch.said] == [Rejected, Receipt]


# --- The connection breaks ----------------------------------------------------------------------------------


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize("step", ["mail", "rcpt", "data", "text"])
def test_a_line_that_breaks_before_the_last_dot_costs_nothing(
    scripted_smtp: ScriptedSmtp, *, pipelining: bool, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The letter of which only a part left is carried by another line. One that left whole is in doubt."""
    scripted_smtp.pipelining = pipelining
    scripted_smtp.script[step].append(HANG_UP)
    monkeypatch.setattr(pipeline, "PIECE", 500)
    batch = tray(3)
    assert send(scripted_smtp, batch) is None
    doubts = batch.kinds[Unanswered]
    assert doubts <= (step == "text")
    assert (batch.kinds[Receipt], len(scripted_smtp.taken)) == (3 - doubts, 3 - doubts)


@pytest.mark.parametrize("took_it", [True, False])
def test_a_line_that_breaks_after_the_last_dot_leaves_a_doubt_and_only_one(
    scripted_smtp: ScriptedSmtp, *, took_it: bool
) -> None:
    scripted_smtp.script["dot"].extend([say("250 Queued"), Act(hangs_up=True, takes=took_it)])
    batch = tray(4)
    assert send(scripted_smtp, batch) is None
    assert (batch.kinds, batch.kinds[Unanswered]) == ({Receipt: 3, Unanswered: 1}, 1)
    assert len(scripted_smtp.taken) == 3 + took_it


def test_one_letter_that_no_line_survives_waits_by_itself(scripted_smtp: ScriptedSmtp) -> None:
    scripted_smtp.for_receiver["p0@muestra.example"] = HANG_UP
    batch = tray(6)
    assert send(scripted_smtp, batch) is None
    assert batch.kinds == {Receipt: 5, Postponed: 1}
    assert isinstance(batch.answers["p0@muestra.example"], Postponed)


def test_a_server_that_always_hangs_up_holds_the_channel_and_takes_no_letter_with_it(
    scripted_smtp: ScriptedSmtp,
) -> None:
    scripted_smtp.always["mail"] = HANG_UP
    batch = tray(50)
    trouble = send(scripted_smtp, batch)
    assert isinstance(trouble, Postponed)
    assert (trouble.whole, scripted_smtp.taken) == (True, [])
    assert (len(batch.taken), batch.kinds) == (pipeline.HOPELESS, {Postponed: pipeline.HOPELESS - 1})


def test_no_line_at_all_holds_the_channel(scripted_smtp: ScriptedSmtp) -> None:
    scripted_smtp.stop()
    batch = tray(3)
    trouble = send(scripted_smtp, batch)
    assert isinstance(trouble, Postponed)
    assert (trouble.whole, batch.said) == (True, [])


@pytest.mark.parametrize("step", ["greet", "ehlo"])
@pytest.mark.parametrize("act", [say("421 4.3.2 Busy"), say("554 5.7.1 Not you"), HANG_UP])
def test_a_server_that_greets_nobody_is_out_of_reach(
    scripted_smtp: ScriptedSmtp, step: str, act: Act
) -> None:
    scripted_smtp.always[step] = act
    scripted_smtp.always["greet"] = scripted_smtp.always.get("greet", say("220 muestra.example"))
    answer = only(scripted_smtp)
    assert isinstance(answer, Postponed)
    assert answer.whole


@pytest.mark.parametrize(
    ("step", "doubts"), [("mail", 0), ("rcpt", 0), ("data", 0), ("dot", 1)], ids=lambda given: str(given)
)
def test_silence_ends_a_line_and_after_the_last_dot_it_is_a_doubt(
    scripted_smtp: ScriptedSmtp, monkeypatch: pytest.MonkeyPatch, step: str, doubts: int
) -> None:
    monkeypatch.setattr(pipeline, "STEP", 0.6)
    monkeypatch.setattr(pipeline, "ACCEPTANCE", 0.6)
    scripted_smtp.script[step].append(Act(delay=1, hangs_up=True))
    batch = tray(2)
    assert send(scripted_smtp, batch) is None
    assert (batch.kinds[Receipt], batch.kinds[Unanswered]) == (2 - doubts, doubts)


def test_a_server_that_drips_wins_no_time(
    scripted_smtp: ScriptedSmtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "STEP", 0.6)
    scripted_smtp.script["mail"].append(Act(reply="250-more", delay=0.1, times=60))
    began = time.monotonic()
    assert isinstance(only(scripted_smtp), Receipt)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("step", ["mail", "dot"])
def test_a_server_that_never_stops_talking_is_hung_up_on(scripted_smtp: ScriptedSmtp, step: str) -> None:
    scripted_smtp.script[step].append(Act(reply=f"250-{'x' * 990}", times=200, hangs_up=True))
    answer = only(scripted_smtp)
    assert isinstance(answer, Unanswered if step == "dot" else Receipt)
    assert len(scripted_smtp.taken) == 1


@pytest.mark.parametrize("nonsense", ["hello", "999 what", "354 go ahead", "250", "x20 yes", "199 hm"])
@pytest.mark.parametrize("step", ["mail", "rcpt", "data", "dot"])
def test_nonsense_is_no_answer(scripted_smtp: ScriptedSmtp, step: str, nonsense: str) -> None:
    """The line is given up, and the letter is in doubt only when it may have been taken."""
    scripted_smtp.script[step].append(say(nonsense))
    answer = only(scripted_smtp)
    sense = (nonsense == "250" and step != "data") or (nonsense[:3] == "354" and step == "data")
    assert isinstance(answer, Receipt if sense or step != "dot" else Unanswered)
    assert len(scripted_smtp.taken) == (sense or step != "dot")


@pytest.mark.parametrize(
    ("reply", "name"), [("550 5.7.1 No", Rejected), ("451 4.3.0 Later", Postponed), ("250 Queued", Receipt)]
)
def test_a_letter_that_is_answered_before_it_left(
    scripted_smtp: ScriptedSmtp, reply: str, name: type[Answer]
) -> None:
    """A refusal holds; a yes to what nobody has sent does not, and another line carries the letter."""
    scripted_smtp.script["data"].append(Act(reply=f"354 Go ahead\n{reply}", hangs_up=True))
    assert type(only(scripted_smtp)) is name
    assert len(scripted_smtp.taken) == (name is Receipt)


def test_a_server_that_says_all_twice_is_given_no_second_letter(scripted_smtp: ScriptedSmtp) -> None:
    scripted_smtp.always["dot"] = Act(reply="250 Queued", times=2)
    batch = tray(4)
    assert send(scripted_smtp, batch) is None
    assert (batch.kinds[Receipt], len(set(scripted_smtp.receivers)), len(scripted_smtp.taken)) == (4, 4, 4)


# --- The channel stops --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("refusal", "name"), [("550 5.7.1 Not yours to use", Misconfigured), ("451 4.3.0 Later", Postponed)]
)
def test_when_the_channel_stops_what_is_on_its_way_is_still_answered(
    scripted_smtp: ScriptedSmtp, refusal: str, name: type[DeliveryError]
) -> None:
    scripted_smtp.always["dot"] = Act(reply="250 Queued", delay=0.02)
    scripted_smtp.script["mail"].extend([say("250 Fine")] * 60 + [say(refusal)])
    batch = tray(200)
    trouble = send(scripted_smtp, batch, connections=4)
    assert type(trouble) is name
    accepted = sorted(receiver for receiver, answer in batch.said if isinstance(answer, Receipt))
    assert accepted == scripted_smtp.receivers
    assert 2 <= scripted_smtp.most_open <= 4
    # Only who met the refusal has no answer; the rest was never taken.
    assert 1 <= len(batch.taken) - len(batch.said) <= 4
    assert len(batch.waiting) > 100


def test_trouble_opens_no_more_lines(scripted_smtp: ScriptedSmtp) -> None:
    scripted_smtp.always["greet"] = Act(reply="421 4.3.2 Busy", hangs_up=True)
    send(scripted_smtp, tray(3))
    assert len(scripted_smtp.talks) == 1


# --- In TLS -------------------------------------------------------------------------------------------------


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A certificate for loopback that the system trusts, while the test lasts."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    conversation.trust.cache_clear()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    yield context
    conversation.trust.cache_clear()


@pytest.mark.parametrize("security", ["tls", "starttls"])
@pytest.mark.parametrize("pipelining", [True, False])
def test_letters_go_through_tls(
    scripted_smtp: ScriptedSmtp, trusted: ssl.SSLContext, security: str, *, pipelining: bool
) -> None:
    scripted_smtp.pipelining = pipelining
    setattr(scripted_smtp, security, trusted)
    scripted_smtp.for_receiver["p3@muestra.example"] = say("550 5.1.1 No such user")
    batch = tray(40)
    assert send(scripted_smtp, batch, security=security, connections=3) is None
    assert (batch.kinds, len(set(scripted_smtp.receivers))) == ({Receipt: 39, DestinationGone: 1}, 39)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_line_in_tls_that_breaks_after_the_last_dot_leaves_a_doubt(
    scripted_smtp: ScriptedSmtp, trusted: ssl.SSLContext, security: str
) -> None:
    setattr(scripted_smtp, security, trusted)
    scripted_smtp.script["dot"].append(HANG_UP)
    assert isinstance(only(scripted_smtp, security=security), Unanswered)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_of_nobody_is_a_wrong_setting(scripted_smtp: ScriptedSmtp, security: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    setattr(scripted_smtp, security, context)
    assert isinstance(only(scripted_smtp, security=security), Misconfigured)
    assert scripted_smtp.taken == []


# --- Whatever happens ---------------------------------------------------------------------------------------

replies = st.sampled_from(
    [
        "250 Fine",
        "354 Go ahead",
        "421 4.3.2 Closing",
        "450 4.2.0 Later",
        "550 5.1.1 No such user",
        "554 5.7.1 No",
        "250-One more line\n250 Fine",
        "nonsense",
    ]
)
acts = st.one_of(
    st.builds(Act, reply=replies, hangs_up=st.booleans()),
    st.builds(Act, reply=replies, times=st.just(2)),
    st.builds(Act, hangs_up=st.just(True), takes=st.booleans()),
    st.just(Act(reply="250 Fine", hangs_up=True)),
)
usual = {
    "greet": say("220 muestra.example"),
    "rset": say("250 Fine"),
    "mail": say("250 Fine"),
    "rcpt": say("250 Fine"),
    "data": say("354 Go ahead"),
    "text": Act(),
    "dot": say("250 Queued"),
}
# Who speaks before the last dot refuses the letter; whoever took it after that all the same would be lying.
early = st.builds(
    Act, reply=st.sampled_from(["", "552 5.3.4 Too big", "451 4.3.0 Later"]), hangs_up=st.just(True)
)
scripts = st.fixed_dictionaries(
    {
        step: st.lists(
            st.one_of(*[st.just(well)] * 3, early if step == "text" else acts),
            max_size=8,
        )
        for step, well in usual.items()
    }
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    script=scripts,
    pipelining=st.booleans(),
    lenient=st.booleans(),
    in_one_packet=st.booleans(),
    count=st.integers(1, 25),
    connections=st.integers(1, 4),
)
def test_whatever_a_server_does_nothing_is_lost_and_nothing_doubled(
    *,
    script: dict[str, list[Act]],
    pipelining: bool,
    lenient: bool,
    in_one_packet: bool,
    count: int,
    connections: int,
) -> None:
    with scripted_serving() as server, pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "STEP", 0.5)
        patch.setattr(pipeline, "ACCEPTANCE", 0.5)
        patch.setattr(email, "SECONDS", 1)
        server.pipelining, server.lenient, server.in_one_packet = pipelining, lenient, in_one_packet
        for step, planned in script.items():
            server.script[step].extend(planned)
        batch = tray(count)
        trouble = send(server, batch, connections=connections)
        hang_up()
    answered = Counter(receiver for receiver, _answer in batch.said)
    accepted = {receiver for receiver, answer in batch.said if isinstance(answer, Receipt)}
    doubted = {receiver for receiver, answer in batch.said if isinstance(answer, Unanswered)}
    # Each is answered once, or the channel stopped, and then it was never taken by the server.
    assert set(answered.values()) <= {1}
    assert answered.keys() <= set(batch.taken)
    assert trouble is not None or (len(answered), batch.waiting) == (count, [])
    # The server has what was accepted, perhaps what is in doubt, and nothing else; nothing twice.
    assert Counter(server.receivers) == Counter(set(server.receivers))
    assert accepted <= set(server.receivers) <= accepted | doubted
    assert batch.most_in_hand <= connections
    assert all(f"To: {one.receiver}\r\n".encode() in one.raw for one in server.taken)
