"""A notice arrives readable at its browser alone, is replaced by its correction, and one service holds up no other."""

from __future__ import annotations

import socket
import time
from collections import deque
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from factories.delivery import Hands, SubscriberFactory, ask, live, message, parcel, run
from pregon.channels.webpush import vapid
from pregon.channels.webpush.channel import FRESH, LASTING, WebPushChannel
from pregon.core.http import client
from pregon.core.http_pool import MOST
from pregon.delivery import registry
from pregon.delivery.contract import Answer, Batch, Parcel, Receipt
from pregon.delivery.enums import MessageKind, Standing, State
from pregon.delivery.errors import DestinationGone, Misconfigured, Postponed, Rejected, Unanswered
from pregon.delivery.models import Delivery, Subscriber
from servers.push import PushService, push_serving

KEY = vapid.draw()
APPLICATION = vapid.public_half(KEY)


def channel(**options: Any) -> WebPushChannel:
    given = {"private_key": KEY, "contact": "prensa@muestra.example", "allow_private": True}
    built = registry.build("webpush", given | options)
    assert isinstance(built, WebPushChannel)
    return built


def behind(answer: Callable[[httpx2.Request], httpx2.Response]) -> WebPushChannel:
    """The channel before a network that ``answer`` stands for."""
    built = registry.build(
        "webpush", {"private_key": KEY}, http=client(transport=httpx2.MockTransport(answer))
    )
    assert isinstance(built, WebPushChannel)
    return built


class Pile(Batch):
    """Parcels to be taken, and what was answered to each by its key."""

    def __init__(self, parcels: Iterable[Parcel]) -> None:
        self.waiting = deque(parcels)
        self.in_hands: set[str] = set()
        self.most_in_hands = 0
        self.answers: dict[str, Answer] = {}

    def take(self, most: int = 1) -> list[Parcel]:
        taken = [self.waiting.popleft() for _one in range(min(most, len(self.waiting)))]
        self.in_hands |= {one.key for one in taken}
        self.most_in_hands = max(self.most_in_hands, len(self.in_hands))
        return taken

    def answer(self, parcel: Parcel, answer: Answer) -> None:
        self.in_hands.remove(parcel.key)
        self.answers[parcel.key] = answer


def sent(built: WebPushChannel, parcels: Iterable[Parcel]) -> dict[str, Answer]:
    pile = Pile(parcels)
    built.send_batch(pile)
    assert (pile.in_hands, len(pile.waiting), pile.most_in_hands <= MOST) == (set(), 0, True)
    return pile.answers


@pytest.fixture
def address(push_service: PushService) -> str:
    return push_service.subscribe("uno", application_key=APPLICATION)


# --- One message --------------------------------------------------------------------------------------------


def test_what_arrives_is_readable_at_its_browser(push_service: PushService, address: str) -> None:
    receipt = channel().send(parcel(destination=address))
    [taken] = push_service.taken
    headers = taken.headers
    assert (taken.told["title"], taken.told["tag"]) == (
        "Reabre el andador con empedrado nuevo",
        headers["topic"],
    )
    assert receipt.reference == f"{headers['topic']} {push_service.url}/m/1"
    assert (headers["ttl"], headers["urgency"], headers["content-encoding"], headers["content-type"]) == (
        FRESH,
        "normal",
        "aes128gcm",
        "application/octet-stream",
    )


def test_an_alert_wakes_the_telephone(push_service: PushService, address: str) -> None:
    channel().send(parcel(destination=address, urgent=True))
    assert push_service.taken[0].headers["urgency"] == "high"


@pytest.mark.parametrize("kind", [MessageKind.CORRECTION, MessageKind.WITHDRAWAL])
def test_what_follows_takes_the_place_of_the_first(
    kind: MessageKind, push_service: PushService, address: str
) -> None:
    first = channel().send(parcel(destination=address))
    follow = message(kind, url="", headline="Se retira el boletín", notice="Se aclara.")
    second = channel().send(parcel(follow, destination=address, key="9-9", in_reply_to=first.reference))
    topics = {taken.told["tag"] for taken in push_service.taken}
    [waiting] = push_service.browsers["uno"].waiting.values()
    assert (len(topics), waiting.told["body"].startswith("Se aclara."), waiting.headers["ttl"]) == (
        1,
        True,
        LASTING,
    )
    assert second.reference.partition(" ")[0] in topics


def test_a_topic_tells_a_push_service_nothing_and_differs_between_offices(
    push_service: PushService, address: str
) -> None:
    channel().send(parcel(destination=address))
    other = vapid.draw()
    two = push_service.subscribe("dos", application_key=vapid.public_half(other))
    channel(private_key=other).send(parcel(destination=two))
    channel().send(parcel(message(url="https://muestra.example/otro/"), destination=address))
    topics = [taken.headers["topic"] for taken in push_service.taken]
    assert (len(set(topics)), {len(topic) for topic in topics}) == (3, {32})


def test_who_answers_for_it_is_the_contact_or_the_site() -> None:
    subjects = [
        channel(contact=contact).options.subject
        for contact in ("prensa@muestra.example", "https://muestra.example/contacto", "")
    ]
    assert subjects == [
        "mailto:prensa@muestra.example",
        "https://muestra.example/contacto",
        "http://testserver",
    ]


# --- What can go wrong --------------------------------------------------------------------------------------


def test_a_browser_that_left_is_gone(push_service: PushService, address: str) -> None:
    push_service.unsubscribe("uno")
    with pytest.raises(DestinationGone):
        channel().send(parcel(destination=address))


def test_a_browser_of_another_key_is_refused_and_stops_nobody(
    push_service: PushService, address: str
) -> None:
    with pytest.raises(Rejected, match="otra clave"):
        channel(private_key=vapid.draw()).send(parcel(destination=address))


def test_a_message_that_got_no_answer_is_a_doubt() -> None:
    def silent(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ReadTimeout("", request=request)

    with pytest.raises(Unanswered):
        behind(silent).send(parcel(destination=elsewhere()))


def test_a_service_that_is_not_there_is_waited_for() -> None:
    with pytest.raises(Postponed):
        channel().send(parcel(destination=elsewhere("http://127.0.0.1:1")))


def test_the_offices_own_network_is_closed_unless_it_is_opened(
    push_service: PushService, address: str
) -> None:
    closed = channel(allow_private=False)
    with pytest.raises(Rejected):
        closed.send(parcel(destination=address))
    with pytest.raises(Rejected, match="https"):
        closed.normalise(address)
    assert (channel().normalise(address), push_service.asked) == (address, 0)


def elsewhere(origin: str = "https://fcm.googleapis.com") -> str:
    with push_serving() as service:
        given = service.subscribe("uno", application_key=APPLICATION)
        return given.replace(service.url, origin)


# --- Many messages ------------------------------------------------------------------------------------------


def test_each_browser_gets_its_own_and_each_parcel_its_answer(push_service: PushService) -> None:
    parcels = [
        parcel(
            key=f"1-{number}",
            destination=push_service.subscribe(str(number), application_key=APPLICATION),
            preferences_url=f"https://muestra.example/{number}/",
        )
        for number in range(100)
    ]
    push_service.unsubscribe("7")
    answers = sent(channel(), parcels)
    assert {key: type(answer) for key, answer in answers.items()} == {
        one.key: DestinationGone if one.key == "1-7" else Receipt for one in parcels
    }
    assert {taken.browser: taken.told["preferences"] for taken in push_service.taken} == {
        str(number): f"https://muestra.example/{number}/" for number in range(100) if number != 7
    }


def test_a_service_that_asks_to_wait_is_left_alone_and_the_others_go_on(push_service: PushService) -> None:
    """The first answer says wait: of those behind it, only those already on their way are still asked."""
    here = [push_service.subscribe(str(number), application_key=APPLICATION) for number in range(200)]
    for _time in range(200):
        push_service.answer_next(429, Retry_After="60")
    with push_serving() as other:
        there = [other.subscribe(str(number), application_key=APPLICATION) for number in range(20)]
        parcels = [
            parcel(key=f"1-{number}", destination=destination)
            for number, destination in enumerate([*here, *there])
        ]
        answers = sent(channel(), parcels)
        waiting = [answer for answer in answers.values() if isinstance(answer, Postponed)]
        assert ({answer.wait for answer in waiting}, any(answer.whole for answer in waiting)) == (
            {timedelta(seconds=60)},
            False,
        )
        assert (len(waiting), len(other.taken), push_service.asked < 100) == (200, 20, True)


def test_a_stranger_that_never_answers_delays_nobody_for_long(
    push_service: PushService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It holds what it got at once; nothing more is handed to it."""
    monkeypatch.setattr("pregon.channels.webpush.channel.PATIENCE", timedelta(seconds=1))
    with socket.create_server(("127.0.0.1", 0), backlog=200) as silent:
        origin = f"http://127.0.0.1:{silent.getsockname()[1]}"
        stuck = [
            push_service.subscribe(str(number), application_key=APPLICATION).replace(push_service.url, origin)
            for number in range(MOST + 20)
        ]
        good = push_service.subscribe("good", application_key=APPLICATION)
        parcels = [parcel(key=f"1-{number}", destination=one) for number, one in enumerate([*stuck, good])]
        started = time.monotonic()
        answers = sent(channel(), parcels)
        assert time.monotonic() - started < 5
    doubts = [key for key, answer in answers.items() if isinstance(answer, Unanswered)]
    waiting = [key for key, answer in answers.items() if isinstance(answer, Postponed)]
    assert (len(doubts), len(waiting), type(answers[parcels[-1].key])) == (MOST, 20, Receipt)


def test_a_bad_address_among_many_is_refused_alone(push_service: PushService, address: str) -> None:
    point = address.partition("#")[2].partition(".")[0]
    parcels = [
        parcel(key="bad", destination="no es una dirección"),
        parcel(key="key", destination=address.replace(point, "B" + "A" * 86)),
        parcel(key="good", destination=address),
    ]
    assert {key: type(answer) for key, answer in sent(channel(), parcels).items()} == {
        "bad": Rejected,
        "key": Rejected,
        "good": Receipt,
    }


def test_a_signature_that_a_browsers_own_service_refuses_stops_the_channel() -> None:
    asked: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.url.path)
        return httpx2.Response(401)

    pile = Pile([parcel(key=f"1-{number}", destination=elsewhere()) for number in range(3)])
    with pytest.raises(Misconfigured, match=r"fcm\.googleapis\.com"):
        behind(answer).send_batch(pile)
    assert (len(asked), pile.answers, pile.in_hands, len(pile.waiting)) == (1, {}, {"1-0"}, 2)


# --- Through the ledger -------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_correction_finds_the_notice_that_each_browser_had(push_service: PushService) -> None:
    hands = Hands()
    live("webpush", private_key=KEY, allow_private=True)
    for name in ("uno", "dos"):
        address = push_service.subscribe(name, application_key=APPLICATION)
        SubscriberFactory.create(channel="webpush", address=address)
    first = ask()
    run(hands)
    push_service.unsubscribe("dos")
    ask(message(MessageKind.WITHDRAWAL, url="", notice="Por error."), receivers_of=(first.pk,))
    run(hands)
    [waiting] = push_service.browsers["uno"].waiting.values()
    assert (waiting.told["body"].startswith("Por error."), len(push_service.taken)) == (True, 3)
    assert Subscriber.objects.get(address__contains="/push/dos").standing == Standing.GONE
    assert [*Delivery.objects.order_by("pk").values_list("state", flat=True)] == [
        State.SENT,
        State.SENT,
        State.SENT,
        State.FAILED,
    ]


# --- Setting up ---------------------------------------------------------------------------------------------


def test_the_key_draws_itself_once() -> None:
    options = WebPushChannel.options_class
    drawn = options.prepared({"private_key": "", "contact": ""})
    assert len(drawn["private_key"]) == 43
    assert options.prepared(drawn) == drawn


def test_a_key_that_is_none_is_a_wrong_setting() -> None:
    with pytest.raises(Misconfigured, match="déjala vacía"):
        channel(private_key="una clave cualquiera")


def test_browsers_are_told_the_public_half() -> None:
    assert (channel().public_key(), registry.rehearse("webpush", {}).public_key()) == (APPLICATION, "")


def test_a_stranger_service_goes_at_a_walk() -> None:
    known, stranger = channel().pace(elsewhere()), channel().pace(elsewhere("https://push.example:8443"))
    assert (known[0], stranger[0], known[1] > stranger[1]) == (
        "fcm.googleapis.com",
        "push.example:8443",
        True,
    )


def test_what_would_leave_is_shown_as_the_browser_shows_it() -> None:
    shown = registry.rehearse("webpush", {}).preview(parcel())
    assert (shown.subject, shown.text) == (
        "Reabre el andador con empedrado nuevo",
        "Reabre el andador con empedrado nuevo\n\nTres meses de obra en el corazón del pueblo.\n",
    )
    assert shown.html.startswith("<b>Reabre el andador")
