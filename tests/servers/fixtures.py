"""The servers as fixtures: new and empty for every test, but for those that take long to open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import pytest
from playwright.sync_api import Browser

from servers.chromium import browsing
from servers.dovecot import Dovecot, dovecot_serving
from servers.scripted import ScriptedSmtp, scripted_serving
from servers.smtp import SmtpServer, smtp_serving
from servers.telegram import TelegramApi, telegram_serving
from servers.webhook import WebhookReceiver, webhook_receiving
from servers.whatsapp import WhatsAppApi, whatsapp_serving

_mailboxes = count(1)


@pytest.fixture
def smtp_server() -> Iterator[SmtpServer]:
    with smtp_serving() as server:
        yield server


@pytest.fixture(scope="session")
def dovecot_of_the_run() -> Iterator[Dovecot]:
    with dovecot_serving() as server:
        yield server


@pytest.fixture
def dovecot(dovecot_of_the_run: Dovecot) -> Dovecot:
    return replace(dovecot_of_the_run, user=f"rebotes-{next(_mailboxes)}")


@pytest.fixture
def scripted_smtp() -> Iterator[ScriptedSmtp]:
    with scripted_serving() as server:
        yield server


@pytest.fixture
def telegram_api() -> Iterator[TelegramApi]:
    with telegram_serving() as api:
        yield api


@pytest.fixture
def webhook_receiver() -> Iterator[WebhookReceiver]:
    with webhook_receiving() as receiver:
        yield receiver


@pytest.fixture
def whatsapp_api() -> Iterator[WhatsAppApi]:
    with whatsapp_serving() as api:
        yield api


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with browsing() as browser:
        yield browser
