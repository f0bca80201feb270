"""Letters through the servers that offices really have: a Postfix as Debian ships it, and its smtp-sink.

smtp-sink refuses, puts off and hangs up at any step with Postfix's own code, which none of us wrote.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path
from typing import Any

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from factories.delivery import Tray, message, parcel
from pregon.channels.email import conversation
from pregon.channels.email.bounces import news_in
from pregon.channels.email.channel import EmailChannel, hang_up
from pregon.delivery import registry
from pregon.delivery.contract import Answer, Fate, Receipt
from pregon.delivery.errors import (
    DeliveryError,
    DestinationGone,
    Misconfigured,
    Postponed,
    Rejected,
    Unanswered,
)
from pregon.delivery.values import Block
from servers.postfix import Postfix, Sink, postfix_serving, sink_swallowing
from servers.scripted import ScriptedSmtp, say, scripted_serving

pytestmark = pytest.mark.system

KEY = generate_private_key(65537, 2048)
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def tray(count: int, *others: str, dispatch: int = 1) -> Tray:
    people = [*(f"p{n}@muestra.example" for n in range(count)), *others]
    return Tray([parcel(key=f"{dispatch}-{n}", destination=who) for n, who in enumerate(people)])


def channel(server: Sink | Postfix, **options: Any) -> EmailChannel:
    plain = {
        "host": server.host,
        "port": server.port,
        "security": "none",
        "sender_address": "boletines@muestra.example",
    }
    built = registry.build("email", plain | options)
    assert isinstance(built, EmailChannel)
    return built


def only(server: Sink | Postfix, destination: str = "p1@muestra.example", **options: Any) -> Answer:
    try:
        return channel(server, **options).send(parcel(destination=destination))
    except DeliveryError as problem:
        return problem


# --- smtp-sink ----------------------------------------------------------------------------------------------


def test_the_sink_swallows_each_letter_once() -> None:
    with sink_swallowing() as sink:
        batch = tray(200)
        channel(sink).send_batch(batch)
        hang_up()
        receivers = Counter(message_from_bytes(raw)["X-Rcpt-Args"] for raw in sink.letters)
    assert (batch.kinds, len(receivers), set(receivers.values())) == ({Receipt: 200}, 200, {1})


NAMES = [
    (["-f", "RCPT", "-B", "550 5.1.1 No such user"], DestinationGone),
    (["-f", "RCPT"], Rejected),
    (["-f", "DATA"], Rejected),
    (["-f", "."], Rejected),
    (["-f", "MAIL"], Misconfigured),
    (["-f", "EHLO,HELO"], Postponed),
    (["-r", "MAIL"], Postponed),
    (["-r", "RCPT"], Postponed),
    (["-r", "DATA"], Postponed),
    (["-r", "."], Postponed),
    (["-Q", "MAIL"], Postponed),
    (["-Q", "RCPT"], Postponed),
    (["-Q", "DATA"], Postponed),
    (["-Q", "."], Postponed),
    (["-q", "CONNECT"], Postponed),
    (["-q", "MAIL"], Postponed),
    (["-q", "DATA"], Postponed),
    (["-q", "."], Unanswered),
]


@pytest.mark.parametrize(("options", "name"), NAMES, ids=lambda given: str(given))
@pytest.mark.parametrize("pipelining", [True, False])
def test_what_the_sink_does_at_each_step_has_its_name(
    options: list[str], name: type[DeliveryError], *, pipelining: bool
) -> None:
    with sink_swallowing(*options, *([] if pipelining else ["-p"])) as sink:
        assert type(only(sink)) is name
        hang_up()


def test_a_letter_that_is_refused_before_its_last_dot_is_refused_or_in_doubt() -> None:
    with sink_swallowing("-A", "0") as sink:
        assert isinstance(only(sink), Rejected | Unanswered)


def test_a_sink_that_leaves_lines_waiting_serves_those_it_let_in() -> None:
    with sink_swallowing("-m", "2") as sink:
        batch = tray(60)
        channel(sink).send_batch(batch)
        hang_up()
    assert batch.kinds == {Receipt: 60}


# --- Postfix ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def far_away() -> Iterator[ScriptedSmtp]:
    """The server of lejos.example."""
    with scripted_serving() as server:
        yield server


@pytest.fixture(scope="module")
def postfix(far_away: ScriptedSmtp) -> Iterator[Postfix]:
    """It starts once: that takes seconds. It lets in three connections at a time."""
    with postfix_serving(most=3, heaviest=120_000, away=far_away.port) as server:
        yield server


@pytest.fixture
def trusted(postfix: Postfix, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    postfix.authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    conversation.trust.cache_clear()
    yield
    conversation.trust.cache_clear()


def test_postfix_delivers_what_it_took_and_each_refusal_has_its_name(postfix: Postfix, trusted: None) -> None:
    batch = tray(40, "nadie@muestra.example", "luego@muestra.example", "begoña@muestra.example", dispatch=2)
    channel(postfix, security="starttls", dkim_key=PEM).send_batch(batch)
    hang_up()
    assert {who: type(said) for who, said in batch.said if type(said) is not Receipt} == {
        "nadie@muestra.example": DestinationGone,
        "luego@muestra.example": Postponed,
    }
    references = {said.reference for _who, said in batch.said if isinstance(said, Receipt)}
    ours = [raw.replace(b"\n", b"\r\n") for raw in postfix.letters(41, naming=b"Message-ID: <2-")]
    assert (len(ours), {message_from_bytes(raw)["Message-ID"] for raw in ours}) == (41, references)
    published = channel(postfix, dkim_key=PEM).signer
    assert published is not None
    assert all(dkim.verify(raw, dnsfunc=lambda *_name, **_how: published.record.encode()) for raw in ours)


def test_many_unknown_receivers_make_postfix_hang_up_and_lose_nobody_else(postfix: Postfix) -> None:
    """After twenty errors on one connection it says 421."""
    people = [f"{who}{n}@muestra.example" for n in range(60) for who in ("desconocida", "p")]
    batch = tray(0, *people)
    channel(postfix, connections=1).send_batch(batch)
    assert batch.kinds == {Receipt: 60, DestinationGone: 60}


def test_what_postfix_does_not_let_us_do_is_a_wrong_setting(postfix: Postfix) -> None:
    """Postfix says so only when it hears the receiver, as it does where we may write to its own people alone."""
    assert isinstance(only(postfix, sender_address="nadie@muestra.example"), Misconfigured)
    assert isinstance(only(postfix, destination="vecina@otra.example"), Misconfigured)


def test_a_letter_too_big_for_postfix_is_refused_and_the_next_one_goes(postfix: Postfix) -> None:
    long = message(url="", blocks=(Block(kind="paragraph", text="palabra " * 12_000),))
    batch = tray(2)
    batch.waiting.insert(1, parcel(long, key="1-9", destination="vecina@muestra.example"))
    channel(postfix).send_batch(batch)
    assert [type(said) for _who, said in batch.said] == [Receipt, Rejected, Receipt]


def test_postfix_lets_in_three_connections_and_three_there_are(postfix: Postfix) -> None:
    batch = tray(150, dispatch=3)
    channel(postfix, connections=10).send_batch(batch)
    assert batch.kinds == {Receipt: 150}
    assert len(postfix.letters(150, naming=b"Message-ID: <3-")) == 150
    assert "Connection concurrency limit exceeded" in postfix.log()


def test_what_postfix_could_not_pass_on_comes_back_and_is_understood(
    postfix: Postfix, far_away: ScriptedSmtp
) -> None:
    fates = {
        "vecina@lejos.example": ("550 5.1.1 No such user", Fate.GONE),
        "begoña@lejos.example": ("550 5.1.1 No such user", Fate.GONE),
        "vecino@xn--peuelas-5za.lejos.example": ("550 5.1.10 No such user", Fate.GONE),
        "llena@lejos.example": ("554 5.2.2 Mailbox full", Fate.FAILED),
    }
    for receiver, (reply, _fate) in fates.items():
        far_away.for_receiver[receiver] = say(reply)
        far_away.for_receiver[receiver.replace("xn--peuelas-5za", "peñuelas")] = say(reply)
    batch = tray(0, *fates, dispatch=4)
    channel(postfix, bounce_address="p7@muestra.example").send_batch(batch)
    bounces = [message_from_bytes(raw) for raw in postfix.letters(len(fates), naming=b"Message-ID: <4-")]
    told = {news.reference: news for bounce in bounces if (news := news_in(bounce))}
    for receiver, answer in batch.said:
        assert isinstance(answer, Receipt)
        reply, fate = fates[receiver]
        assert (told[answer.reference].fate, reply in told[answer.reference].reason) == (fate, True)
