"""Mail through a real server: what arrives, and a name for each thing that goes wrong."""

from __future__ import annotations

import re
import smtplib
import threading
from datetime import timedelta
from typing import Any

import pytest

from factories.delivery import Hands, SubscriberFactory, ask, live, message, parcel, picture, run
from pregon.channels.email.channel import EmailChannel
from pregon.core.work import Lane
from pregon.delivery import actions as delivery
from pregon.delivery import registry
from pregon.delivery.enums import Standing, State
from pregon.delivery.errors import DestinationGone, Misconfigured, Postponed, Rejected, Unanswered
from pregon.delivery.models import Delivery
from servers.beside import beside
from servers.smtp import SmtpServer


def channel(server: SmtpServer, **options: Any) -> EmailChannel:
    given = {
        "host": server.host,
        "port": server.port,
        "security": "none",
        "sender_address": "boletines@muestra.example",
    }
    built = registry.build("email", given | options)
    assert isinstance(built, EmailChannel)
    return built


def test_what_arrives_is_what_was_sent(smtp_server: SmtpServer) -> None:
    receipt = channel(smtp_server).send(parcel(message(headline="Ñandú, «güero» y 😀", picture=picture())))
    [mail] = smtp_server.messages
    text, html = (mail.message.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    assert (mail.sender, mail.recipients) == ("boletines@muestra.example", ["vecina@muestra.example"])
    assert (mail.message["Subject"], mail.message["Message-ID"]) == ("Ñandú, «güero» y 😀", receipt.reference)
    assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert ("Ñandú, «güero» y 😀" in text.get_content(), "Ñandú, «güero» y 😀" in html.get_content()) == (
        True,
        True,
    )


def test_a_line_that_begins_with_a_dot_arrives_with_it(smtp_server: SmtpServer) -> None:
    dotted = parcel(preferences_url=".…", unsubscribe_url=f"https://muestra.example/{'.' * 400}/")
    channel(smtp_server).send(dotted)
    body = smtp_server.messages[0].message.get_body(("plain",))
    assert body is not None
    assert dotted.unsubscribe_url in body.get_content()


def test_a_batch_goes_through_one_connection(
    smtp_server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = count_connections(monkeypatch)
    mail = channel(smtp_server)
    with mail.session():
        for number in range(3):
            mail.send(parcel(destination=f"persona{number}@muestra.example"))
    assert (len(smtp_server.messages), len(opened)) == (3, 1)


def test_a_server_that_hung_up_between_two_parcels_is_called_again(smtp_server: SmtpServer) -> None:
    mail = channel(smtp_server)
    with mail.session():
        mail.send(parcel())
        smtp_server.die()
        smtp_server.start()
        mail.send(parcel(key="1-3"))
    first, second = (str(one.message["Message-ID"]) for one in smtp_server.messages)
    assert (first.startswith("<1-2."), second.startswith("<1-3.")) == (True, True)


def test_a_refused_address_does_not_disturb_the_next_one(smtp_server: SmtpServer) -> None:
    smtp_server.refused.add("nadie@muestra.example")
    smtp_server.postponed.add("luego@muestra.example")
    mail = channel(smtp_server)
    with mail.session():
        with pytest.raises(DestinationGone):
            mail.send(parcel(destination="nadie@muestra.example"))
        with pytest.raises(Postponed) as delay:
            mail.send(parcel(destination="luego@muestra.example"))
        mail.send(parcel())
    assert (delay.value.whole, [one.recipients for one in smtp_server.messages]) == (
        False,
        [["vecina@muestra.example"]],
    )


def test_a_dead_server_holds_everybody_for_a_short_while(smtp_server: SmtpServer) -> None:
    smtp_server.die()
    with pytest.raises(Postponed) as delay:
        channel(smtp_server).send(parcel())
    assert (delay.value.whole, delay.value.wait) == (True, timedelta(seconds=30))


def test_a_server_that_dies_after_the_last_dot_leaves_a_doubt(smtp_server: SmtpServer) -> None:
    smtp_server.hangs_up = True
    with pytest.raises(Unanswered):
        channel(smtp_server).send(parcel())


def test_letters_of_the_world_in_an_address_ask_for_smtputf8(smtp_server: SmtpServer) -> None:
    channel(smtp_server).send(parcel(destination="begoña@muestra.example"))
    [mail] = smtp_server.messages
    assert (mail.recipients, mail.message["To"]) == (["begoña@muestra.example"], "begoña@muestra.example")


def test_a_domain_of_the_world_goes_in_letters_that_every_server_reads(smtp_server: SmtpServer) -> None:
    mail = channel(
        smtp_server, sender_address="boletines@peñuelas.example", reply_to="prensa@Peñuelas.example"
    )
    receipt = mail.send(parcel(destination=mail.normalise("Vecina@MAÑANA.example")))
    [arrived] = smtp_server.messages
    assert (arrived.sender, arrived.recipients) == (
        "boletines@xn--peuelas-5za.example",
        ["Vecina@xn--maana-pta.example"],
    )
    assert receipt.reference == arrived.message["Message-ID"]
    assert re.fullmatch(r"<1-2\.[\w-]{12}@xn--peuelas-5za\.example>", receipt.reference)
    assert arrived.message["From"].addresses[0].addr_spec == "boletines@xn--peuelas-5za.example"
    assert (arrived.message["To"], arrived.message["Reply-To"]) == (
        "Vecina@xn--maana-pta.example",
        "prensa@xn--peuelas-5za.example",
    )


def test_letters_and_a_domain_of_the_world_together(smtp_server: SmtpServer) -> None:
    channel(smtp_server).send(parcel(destination="begoña@peñuelas.example"))
    [mail] = smtp_server.messages
    assert mail.recipients == ["begoña@xn--peuelas-5za.example"]
    assert "To: begoña@xn--peuelas-5za.example\r\n".encode() in mail.raw


def test_bounces_go_where_the_office_says_and_the_sender_stays(smtp_server: SmtpServer) -> None:
    channel(smtp_server, bounce_address="rebotes@muestra.example").send(parcel())
    [mail] = smtp_server.messages
    assert (mail.sender, mail.message["From"].addresses[0].addr_spec) == (
        "rebotes@muestra.example",
        "boletines@muestra.example",
    )


def test_an_address_that_is_none_never_reaches_the_server(smtp_server: SmtpServer) -> None:
    with pytest.raises(Rejected):
        channel(smtp_server).send(parcel(destination="a@b.example>\r\nRCPT TO:<otra@muestra.example"))
    assert smtp_server.messages == []


def test_a_server_without_tls_is_a_wrong_setting_and_no_mail_leaves_in_the_clear(
    smtp_server: SmtpServer,
) -> None:
    with pytest.raises(Misconfigured):
        channel(smtp_server, security="starttls").send(parcel())
    assert smtp_server.messages == []


def test_a_server_that_wants_no_password_says_that_the_account_is_wrong(smtp_server: SmtpServer) -> None:
    with pytest.raises(Misconfigured):
        channel(smtp_server, user="boletines", password="secreta").check()


def test_checking_says_who_we_are(smtp_server: SmtpServer) -> None:
    assert channel(smtp_server).check() == "boletines@muestra.example en 127.0.0.1"


def test_checking_a_dead_server_is_a_wrong_setting(smtp_server: SmtpServer) -> None:
    smtp_server.die()
    with pytest.raises(Misconfigured):
        channel(smtp_server).check()


def test_what_would_leave_is_a_whole_message() -> None:
    preview = registry.rehearse("email", {}).preview(parcel())
    assert (preview.subject, preview.suffix, preview.raw.startswith(b"To: vecina@muestra.example\r\n")) == (
        "Reabre el andador con empedrado nuevo",
        ".eml",
        True,
    )


@pytest.mark.django_db
def test_a_whole_dispatch_goes_through_one_connection_to_each_reader(
    smtp_server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, hands = count_connections(monkeypatch), Hands()
    live(
        "email",
        host=smtp_server.host,
        port=smtp_server.port,
        security="none",
        sender_address="boletines@muestra.example",
    )
    readers = SubscriberFactory.create_batch(5, channel="email")
    smtp_server.refused.add(readers[2].address)
    asked = ask()
    run(hands)
    arrived = {mail.recipients[0]: mail.message for mail in smtp_server.messages}
    assert sorted(arrived) == sorted(one.address for one in readers if one != readers[2])
    assert len({str(mail["List-Unsubscribe"]) for mail in arrived.values()}) == 4
    assert dict(asked.deliveries.exclude(reference="").values_list("destination", "reference")) == {
        address: mail["Message-ID"] for address, mail in arrived.items()
    }
    readers[2].refresh_from_db()
    assert (len(opened), readers[2].standing) == (1, Standing.GONE)


def count_connections(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    opened: list[int] = []
    connect = smtplib.SMTP.connect

    def counted(smtp: smtplib.SMTP, *arguments: Any, **named: Any) -> tuple[int, bytes]:
        opened.append(threading.get_ident())
        return connect(smtp, *arguments, **named)

    monkeypatch.setattr(smtplib.SMTP, "connect", counted)
    return opened


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_workers_of_a_lane_send_each_letter_once(smtp_server: SmtpServer) -> None:
    live(
        "email",
        host=smtp_server.host,
        port=smtp_server.port,
        security="none",
        sender_address="a@muestra.example",
    )
    people = SubscriberFactory.create_batch(120, channel="email")
    ask()

    def work() -> None:
        hands = Hands()
        while delivery.prepare_due(Lane.NOW, at=hands()) + delivery.deliver_due(Lane.NOW, now=hands, size=10):
            pass

    assert beside([work, work]) == []
    received = [address for mail in smtp_server.messages for address in mail.recipients]
    assert sorted(received) == sorted(person.address for person in people)
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.SENT}
