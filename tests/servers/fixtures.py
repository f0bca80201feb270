"""The servers as fixtures: new and empty for every test, but for those that take long to open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import pytest
from playwright.sync_api import Browser

from servers.bluesky import Pds, pds_serving
from servers.chromium import browsing
from servers.dovecot import Dovecot, dovecot_serving
from servers.fediverse import Fediverse, fediverse_serving
from servers.graph import GraphApi, graph_serving
from servers.mastodon import MastodonServer, mastodon_serving
from servers.push import PushService, push_serving
from servers.scripted import ScriptedSmtp, scripted_serving
from servers.smpp import MessageCentre, smpp_serving
from servers.smtp import SmtpServer, smtp_serving
from servers.telegram import TelegramApi, telegram_serving
from servers.webhook import WebhookReceiver, webhook_receiving
from servers.whatsapp import WhatsAppApi, whatsapp_serving
from servers.x import XApi, x_serving


@pytest.fixture
def message_centre() -> Iterator[MessageCentre]:
    with smpp_serving() as centre:
        yield centre


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
def mastodon_server() -> Iterator[MastodonServer]:
    with mastodon_serving() as server:
        yield server


@pytest.fixture
def push_service() -> Iterator[PushService]:
    with push_serving() as service:
        yield service


@pytest.fixture
def telegram_api() -> Iterator[TelegramApi]:
    with telegram_serving() as api:
        yield api


@pytest.fixture
def fediverse() -> Iterator[Fediverse]:
    with fediverse_serving() as server:
        yield server


@pytest.fixture
def graph_api() -> Iterator[GraphApi]:
    with graph_serving() as api:
        yield api


@pytest.fixture
def webhook_receiver() -> Iterator[WebhookReceiver]:
    with webhook_receiving() as receiver:
        yield receiver


@pytest.fixture
def whatsapp_api() -> Iterator[WhatsAppApi]:
    with whatsapp_serving() as api:
        yield api


@pytest.fixture
def x_api() -> Iterator[XApi]:
    with x_serving() as api:
        yield api


@pytest.fixture
def pds() -> Iterator[Pds]:
    with pds_serving() as server:
        yield server


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with browsing() as browser:
        yield browser
