"""Every refusal has a name, and what a server allows is read as it says it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from pregon.channels.mastodon.server import LONGEST_WAIT, Missing, Refused, Rules, Server, wait_until
from pregon.core.http import client
from pregon.delivery.errors import DestinationGone, Misconfigured, Postponed, Unanswered
from servers.mastodon import MastodonServer

NOON = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


def server(*answers: httpx2.Response | Exception) -> Server:
    left = list(answers)

    def handle(request: httpx2.Request) -> httpx2.Response:
        answer = left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return Server(
        client(transport=httpx2.MockTransport(handle)), base="https://mastodon.example/", token="secreta"
    )


def told(status: int, **headers: str) -> httpx2.Response:
    return httpx2.Response(status, json={"error": "As the test asked."}, headers=headers)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (302, Misconfigured),
        (400, Refused),
        (401, Misconfigured),
        (403, Misconfigured),
        (404, Missing),
        (405, Missing),
        (408, Postponed),
        (410, DestinationGone),
        (413, Refused),
        (422, Refused),
        (425, Postponed),
        (429, Postponed),
        (500, Postponed),
        (503, Postponed),
    ],
)
def test_each_refusal_has_a_name(status: int, error: type[Exception]) -> None:
    with pytest.raises(error) as refusal:
        server(told(status)).publish({"status": "Aviso"}, key="1-2")
    assert refusal.type is error


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx2.Response(502, text="<html>Bad Gateway</html>"), Postponed),
        (httpx2.Response(200, text="<html>Welcome</html>"), Postponed),
        (httpx2.Response(413, text="<html>Request Entity Too Large</html>"), Refused),
    ],
)
def test_a_page_in_the_place_of_an_answer_is_named_too(
    answer: httpx2.Response, error: type[Exception]
) -> None:
    with pytest.raises(error):
        server(answer).edit("7", {"status": "Aviso"})


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ([httpx2.ConnectError("refused")], Postponed),
        ([httpx2.ReadTimeout("late"), httpx2.ReadTimeout("late")], Unanswered),
        ([httpx2.ReadTimeout("late"), httpx2.ConnectError("refused")], Unanswered),
        ([httpx2.ReadError("cut"), told(401)], Unanswered),
    ],
)
def test_only_what_may_have_been_said_leaves_a_doubt(answers: list[Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        server(*answers).publish({"status": "Aviso"}, key="1-2")


def test_what_may_be_asked_again_is_waited_for() -> None:
    for ask in (
        lambda: server(httpx2.ReadTimeout("late")).edit("7", {}),
        lambda: server(httpx2.ReadError("cut")).delete("7"),
    ):
        with pytest.raises(Postponed):
            ask()


def test_a_server_in_the_offices_own_network_must_be_allowed() -> None:
    with client() as http, pytest.raises(Misconfigured):
        Server(http, base="http://127.0.0.1:9", token="secreta").account()


def test_no_error_tells_the_token() -> None:
    with pytest.raises(Misconfigured) as refusal:
        server(told(401)).account()
    assert "secreta" not in str(refusal.value)


def test_a_server_tells_its_rules(mastodon_server: MastodonServer) -> None:
    mastodon_server.characters, mastodon_server.kinds = 1500, ["image/png", "image/gif"]
    with client(allow_private=True) as http:
        rules = Server(http, base=mastodon_server.url, token=mastodon_server.token).rules()
    assert rules == Rules(
        characters=1500, heaviest=16_777_216, pixels=33_177_600, suffixes=frozenset({".png"})
    )


@pytest.mark.parametrize(
    "instance", [{}, {"configuration": None}, {"configuration": {"statuses": {"max_characters": "many"}}}]
)
def test_a_server_that_says_nothing_is_taken_for_a_plain_one(instance: dict[str, Any]) -> None:
    assert Rules.told(instance) == Rules()


def test_a_server_without_either_description_is_taken_for_a_plain_one() -> None:
    assert server(told(404), told(404)).rules() == Rules()


@pytest.mark.parametrize(
    ("reset", "wait"),
    [
        ("2026-11-20T18:04:00.000000Z", timedelta(minutes=4)),
        ("2026-11-20T17:00:00Z", timedelta(seconds=1)),
        ("2027-11-20T17:00:00Z", LONGEST_WAIT),
        ("", timedelta(minutes=5)),
        ("soon", timedelta(minutes=5)),
    ],
)
def test_a_rate_limit_ends_when_it_says(reset: str, wait: timedelta) -> None:
    assert wait_until(reset, now=NOON) == wait
