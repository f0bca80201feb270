"""One text, every channel at once: what receivers have in their hands after an alert, its update and its end."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from factories.accounts import LocalityFactory, TopicFactory
from factories.alerts import draft, minor, person, sent
from factories.delivery import SubscriberFactory, live
from pregon.accounts.enums import Role
from pregon.alerts import actions as alerts
from pregon.alerts.briefs import hour
from pregon.alerts.enums import Status
from pregon.alerts.models import Alert
from pregon.alerts.queries import Letters, alone_from, letters_to_seconds, reached
from pregon.core.work import Lane, drain
from pregon.delivery.enums import Frequency, State
from pregon.delivery.models import Delivery
from pregon.delivery.progress import going_out
from servers.mastodon import MastodonServer
from servers.smtp import Mail, SmtpServer
from servers.telegram import TelegramApi
from servers.webhook import WebhookReceiver

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]


@pytest.fixture
def open_channels(
    smtp_server: SmtpServer,
    telegram_api: TelegramApi,
    webhook_receiver: WebhookReceiver,
    mastodon_server: MastodonServer,
) -> None:
    """Four of them live, each with somebody behind it."""
    live(
        "email",
        host=smtp_server.host,
        port=smtp_server.port,
        security="none",
        sender_address="prensa@muestra.example",
        allow_private=True,
    )
    telegram_api.add_channel("@muestra")
    live("telegram", token=telegram_api.token, api_base=telegram_api.url, allow_private=True)
    live("webhook", signing_secret="whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", allow_private=True)
    live("mastodon", token=mastodon_server.token, api_base=mastodon_server.url, allow_private=True)
    SubscriberFactory.create(channel="email", address="vecina@muestra.example")
    for channel, address in (
        ("telegram", "@muestra"),
        ("webhook", f"{webhook_receiver.url}/pregon"),
        ("mastodon", "@comunicacion@mastodon.test"),
    ):
        SubscriberFactory.create(channel=channel, address=address, broadcast=True)


@pytest.fixture
def carry(time_machine_at: Callable[[datetime], None]) -> Callable[[], None]:
    """Let everything leave; then a minute passes, longer than the pace of any of them keeps the next one waiting."""

    def carry_and_wait() -> None:
        drain([Lane.ALERT], clock=timezone.now)
        time_machine_at(timezone.now() + timedelta(minutes=1))

    return carry_and_wait


def follow(verb: str, alert: Alert) -> Alert:
    draft = getattr(alerts, verb)(alert, by=person(), at=timezone.now())
    return alerts.propose(draft, by=person(), at=timezone.now(), word="ALERTA")


def letters(server: SmtpServer) -> list[str]:
    return [str(mail.message["Subject"]) for mail in server.messages]


@pytest.mark.usefixtures("open_channels")
def test_an_alert_its_update_and_its_end_are_three_messages_that_answer_each_other(
    carry: Callable[[], None],
    smtp_server: SmtpServer,
    telegram_api: TelegramApi,
    webhook_receiver: WebhookReceiver,
    mastodon_server: MastodonServer,
) -> None:
    first = minor()
    carry()
    second = follow("update", first)
    carry()
    follow("cancel", second)
    carry()
    told = [
        "Alerta: Corte de agua en La Loma",
        "Actualización: Corte de agua en La Loma",
        "Cancelada: Corte de agua en La Loma",
    ]
    assert letters(smtp_server) == told
    assert [mail.message["In-Reply-To"] is not None for mail in smtp_server.messages] == [False, True, True]
    said = [message["text"] for message in telegram_api.messages.values()]
    assert [text.startswith(head) for text, head in zip(said, told, strict=True)] == [True] * 3
    assert [call.method for call in telegram_api.calls if call.method.startswith(("edit", "delete"))] == []
    posts = list(mastodon_server.posts.values())
    assert [(post.edits, post.answers is not None) for post in posts] == [(0, False), (0, True), (0, True)]
    kinds = [json.loads(request.body)["type"] for request in webhook_receiver.requests]
    assert kinds == ["alert.issued"] * 3
    assert reached(first) == {"email": 1, "mastodon": 1, "telegram": 1, "webhook": 1}


@pytest.mark.usefixtures("open_channels")
def test_a_drill_that_was_sent_as_real_is_taken_back_in_every_hand(
    carry: Callable[[], None],
    smtp_server: SmtpServer,
    telegram_api: TelegramApi,
    mastodon_server: MastodonServer,
) -> None:
    alert = sent()
    carry()
    alerts.it_was_a_drill(alert, by=person(), at=timezone.now())
    carry()
    words = "Fue un simulacro: no hay emergencia"
    assert letters(smtp_server)[-1] == words
    assert list(telegram_api.messages.values())[-1]["text"].startswith(words)
    assert list(mastodon_server.posts.values())[-1].text.startswith(words)


@pytest.mark.usefixtures("open_channels")
def test_a_drill_says_so_in_every_hand(
    carry: Callable[[], None],
    smtp_server: SmtpServer,
    telegram_api: TelegramApi,
    mastodon_server: MastodonServer,
) -> None:
    sent(status=Status.EXERCISE)
    carry()
    [subject], [text] = letters(smtp_server), [each["text"] for each in telegram_api.messages.values()]
    [post] = mastodon_server.posts.values()
    assert [said.count("SIMULACRO") >= 2 for said in (subject, text, post.text)] == [True] * 3


def words_of(mail: Mail) -> str:
    body = mail.message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


@pytest.mark.usefixtures("open_channels")
def test_the_second_persons_are_written_to_at_once_with_all_that_they_have_to_know(
    carry: Callable[[], None], smtp_server: SmtpServer, telegram_api: TelegramApi
) -> None:
    editor, head, _reader = person(), person(Role.HEAD), person(Role.READER)
    waiting = alerts.propose(draft(by=editor), by=editor, at=timezone.now(), word="ALERTA")
    earliest = alone_from(waiting)
    carry()
    [letter] = smtp_server.messages
    text = " ".join(words_of(letter).split())
    assert (letter.recipients, letters(smtp_server)) == (
        [head.email],
        ["Por confirmar · Alerta: Inundación en La Loma"],
    )
    assert earliest is not None and f"{editor} propone esta alerta" in text and hour(earliest) in text
    assert all(" ".join(said.split()) in text for said in (waiting.description, waiting.instruction))
    assert reverse("alerts_desk:sheet", args=[waiting.pk]) in text and "SIMULACRO" not in text
    assert ("Corrección" in text, "Para la prensa" in text, "trabajas en el escritorio" in text) == (
        False,
        False,
        True,
    )
    assert (telegram_api.messages, letters_to_seconds(waiting)) == ({}, Letters(all=1, out=1, missed=()))
    assert going_out(timezone.now()) == []


@pytest.mark.usefixtures("open_channels")
def test_what_is_asked_of_them_in_a_drill_is_plainly_one(
    carry: Callable[[], None], smtp_server: SmtpServer
) -> None:
    editor = person()
    person()
    alerts.propose(draft(status=Status.EXERCISE, by=editor), by=editor, at=timezone.now())
    carry()
    [subject] = letters(smtp_server)
    assert subject.startswith("SIMULACRO · Por confirmar") and subject.endswith("SIMULACRO")
    assert "SIMULACRO: no hay emergencia." in words_of(smtp_server.messages[0])


@pytest.mark.usefixtures("open_channels")
def test_nobody_is_asked_any_more_for_what_was_given_back_or_is_out(
    carry: Callable[[], None], smtp_server: SmtpServer
) -> None:
    editor, head = person(), person(Role.HEAD)
    for _once in range(2):
        waiting = alerts.propose(draft(by=editor), by=editor, at=timezone.now(), word="ALERTA")
        alerts.give_back(waiting, at=timezone.now())
    waiting = alerts.propose(waiting, by=editor, at=timezone.now(), word="ALERTA")
    alerts.confirm(waiting, by=head, at=timezone.now(), word="ALERTA")
    carry()
    assert letters(smtp_server) == ["Alerta: Inundación en La Loma"]


@pytest.mark.usefixtures("open_channels")
def test_it_goes_to_whoever_lives_there_or_chose_no_place_whatever_else_they_follow(
    carry: Callable[[], None],
    smtp_server: SmtpServer,
) -> None:
    here, elsewhere = LocalityFactory.create(), LocalityFactory.create()
    for name, place, frequency in (
        ("aqui", here, Frequency.EACH),
        ("resumen", here, Frequency.WEEKLY),
        ("lejos", elsewhere, Frequency.EACH),
    ):
        who = SubscriberFactory.create(
            channel="email",
            address=f"{name}@muestra.example",
            every_locality=False,
            every_topic=False,
            frequency=frequency,
        )
        who.localities.set([place])
        who.topics.set([TopicFactory.create()])
    minor(localities=(here,))
    carry()
    assert {mail.recipients[0].split("@")[0] for mail in smtp_server.messages} == {
        "aqui",
        "resumen",
        "vecina",
    }


@pytest.mark.usefixtures("open_channels")
def test_whoever_still_waited_for_the_first_gets_only_what_holds(
    carry: Callable[[], None], smtp_server: SmtpServer
) -> None:
    follow("update", minor())
    carry()
    assert letters(smtp_server) == ["Actualización: Corte de agua en La Loma"]
    assert not Delivery.objects.filter(state__in=[State.DUE, State.FAILED]).exists()
