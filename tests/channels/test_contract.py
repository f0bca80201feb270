"""What every channel promises, asked of each that is installed. One without its recorded answers fails here."""

from __future__ import annotations

from dataclasses import fields

import httpx2
import pytest
from django.conf import settings

from channels.conftest import Answering, recorded
from factories.delivery import Hands, SubscriberFactory, ask, message, parcel, picture, run
from pregon.core.http import client
from pregon.delivery import registry
from pregon.delivery.contract import Parcel, Receipt
from pregon.delivery.enums import MessageKind, State
from pregon.delivery.errors import DestinationGone, Postponed, Rejected
from pregon.delivery.values import Block, Message

BY_HAND = {kind for kind in registry.kinds() if registry.channel_class(kind).limits.by_hand}
each = pytest.mark.parametrize("kind", registry.kinds())
each_that_sends = pytest.mark.parametrize("kind", [kind for kind in registry.kinds() if kind not in BY_HAND])
HOSTILE = '"><script>alert(1)</script>\r\nBcc: otra@muestra.example\r\n\r\n{{ 7 }}{% now %} &amp; </b>'


def parcel_for(kind: str, given: Message | None = None) -> Parcel:
    """A parcel that this channel takes: some send nothing without a picture."""
    setup = recorded(kind, "setup")
    plain = message(picture=picture() if setup.get("picture") else None)
    return parcel(given or plain, destination=setup["destination"])


@each_that_sends
def test_an_accepted_parcel_has_a_reference(kind: str, answering: Answering) -> None:
    receipt = answering(kind, "accepted").send(parcel_for(kind))
    assert (type(receipt), bool(receipt.reference), len(receipt.reference) <= 300) == (Receipt, True, True)


@each_that_sends
@pytest.mark.parametrize(
    ("answer", "error"), [("gone", DestinationGone), ("busy", Postponed), ("refused", Rejected)]
)
def test_each_refusal_is_named_in_a_whole_sentence(
    kind: str, answer: str, error: type[Exception], answering: Answering
) -> None:
    with pytest.raises((Rejected, Postponed)) as refusal:
        answering(kind, answer).send(parcel_for(kind))
    named = next(known for known in (DestinationGone, Rejected, Postponed) if issubclass(refusal.type, known))
    said = str(refusal.value)
    assert (named, said[:1].isupper(), "Traceback" in said) == (error, True, False)


@pytest.mark.parametrize("kind", sorted(BY_HAND))
def test_what_a_person_passes_on_is_never_sent_by_a_program(kind: str) -> None:
    with pytest.raises(Rejected) as refusal:
        registry.rehearse(kind, {}, http=client(transport=NoNetwork())).send(parcel_for(kind))
    assert str(refusal.value).endswith(".")


@each
@pytest.mark.parametrize("about", list(MessageKind))
def test_a_channel_nobody_set_up_shows_what_would_leave(kind: str, about: MessageKind) -> None:
    channel = registry.rehearse(kind, {}, http=client(transport=NoNetwork()))
    preview = channel.preview(parcel_for(kind, message(about, picture=picture(), notice="Se aclara.")))
    assert ("Reabre el andador" in preview.text, preview.suffix.startswith(".")) == (True, True)


@each
def test_hostile_words_stay_words(kind: str) -> None:
    hostile = message(
        headline=HOSTILE,
        kicker=HOSTILE,
        dek=HOSTILE,
        notice=HOSTILE,
        sender=HOSTILE,
        sender_detail=HOSTILE,
        contact=HOSTILE,
        action=HOSTILE,
        brand=HOSTILE,
        blocks=tuple(
            Block(kind=name, text=HOSTILE, label=HOSTILE) for name in ("paragraph", "quote", "figure", "item")
        ),
        picture=picture(alt=HOSTILE, caption=HOSTILE),
    )
    preview = registry.rehearse(kind, {}).preview(parcel_for(kind, hostile))
    assert ("<script" in preview.html, b"\nBcc:" in preview.raw.partition(b"\r\n\r\n")[0]) == (False, False)


@each
def test_an_address_has_one_spelling(kind: str) -> None:
    channel = registry.rehearse(kind, {})
    once = channel.normalise(f"  {recorded(kind, 'setup')['destination']} ")
    assert channel.normalise(once) == once


@each
@pytest.mark.parametrize("wrong", ["", " ", "no es\r\nuna dirección", "<script>", "javascript:alert(1)"])
def test_what_is_no_address_is_refused(kind: str, wrong: str) -> None:
    with pytest.raises(Rejected):
        registry.rehearse(kind, {}).normalise(wrong)


@each
@pytest.mark.django_db
def test_in_sandbox_what_would_leave_is_kept_as_it_would_leave(kind: str) -> None:
    SubscriberFactory(channel=kind, address=recorded(kind, "setup")["destination"])
    asked = ask(message(headline="Aviso de ensayo"))
    run(Hands())
    line = asked.deliveries.get()
    [kept] = (settings.HOME.outbox / kind).glob(f"{asked.pk:06d}-{line.pk:09d}-*")
    assert (line.state, "Aviso de ensayo" in kept.read_text()) == (State.WITHHELD, True)


def test_a_letter_of_a_dead_worker_is_in_doubt_and_a_webhooks_parcel_is_not() -> None:
    known = {kind for kind in registry.kinds() if registry.channel_class(kind).limits.idempotent}
    assert known == {"activitypub", "bluesky", "webhook"}


@each
def test_secrets_are_options_of_the_channel(kind: str) -> None:
    options = registry.channel_class(kind).options_class
    assert options.secret <= set(options.names())


class NoNetwork(httpx2.BaseTransport):
    """Whoever asks it anything fails the test."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        raise AssertionError(request)

    def close(self) -> None:
        """Nothing to close."""


@each
def test_every_option_says_its_words_itself(kind: str) -> None:
    options = fields(registry.channel_class(kind).options_class)
    assert [option.name for option in options if not {"label", "help"} <= set(option.metadata)] == []
