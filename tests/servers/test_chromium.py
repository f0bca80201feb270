"""The browser opens our pages, and the database stays within reach of the test that drives it."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import Browser

from servers.webhook import WebhookReceiver

pytestmark = pytest.mark.journey


@pytest.mark.django_db(transaction=True)
def test_the_browser_reads_a_page_and_the_test_its_database(
    browser: Browser, webhook_receiver: WebhookReceiver
) -> None:
    webhook_receiver.headers = {"Content-Type": "text/html; charset=utf-8"}
    webhook_receiver.body = "<title>Pregón</title>".encode()
    page = browser.new_page()
    page.goto(webhook_receiver.url)
    assert page.title() == "Pregón"
    page.close()
    assert Group.objects.filter(name="De paso").count() == 0
