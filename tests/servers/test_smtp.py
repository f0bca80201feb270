"""The mail server of the tests keeps what it accepts and fails in the three ways that mail fails."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage

import pytest

from servers.smtp import SmtpServer


def letter(subject: str) -> EmailMessage:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, "prensa@example.org", "vecina@example.org"
    message.set_content("Mañana no habrá agua.")
    return message


def post(server: SmtpServer, subject: str = "Aviso") -> None:
    with smtplib.SMTP(server.host, server.port) as client:
        client.send_message(letter(subject))


def test_a_message_is_kept_whole_with_its_envelope(smtp_server: SmtpServer) -> None:
    post(smtp_server, "Suspensión de agua")
    [mail] = smtp_server.messages
    assert (mail.sender, mail.recipients) == ("prensa@example.org", ["vecina@example.org"])
    assert (mail.message["Subject"], mail.message.get_content().strip()) == (
        "Suspensión de agua",
        "Mañana no habrá agua.",
    )


@pytest.mark.parametrize(("switch", "code"), [("refused", 550), ("postponed", 451)])
def test_an_address_is_refused_or_postponed(smtp_server: SmtpServer, switch: str, code: int) -> None:
    getattr(smtp_server, switch).add("vecina@example.org")
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refusal:
        post(smtp_server)
    assert (refusal.value.recipients["vecina@example.org"][0], smtp_server.messages) == (code, [])


def test_a_dead_server_refuses_the_connection_and_comes_back_on_its_port(smtp_server: SmtpServer) -> None:
    smtp_server.die()
    with pytest.raises(ConnectionRefusedError):
        post(smtp_server)
    smtp_server.start()
    post(smtp_server)
    assert len(smtp_server.messages) == 1
