"""Every refusal of the Bot API has a name, and a call whose answer was lost is not made twice by mistake."""

from __future__ import annotations

from datetime import timedelta

import httpx2
import pytest

from pregon.channels.telegram.bot import Bot, Refused
from pregon.core.http import client
from pregon.delivery.errors import DestinationGone, Misconfigured, Postponed, Unanswered
from servers.telegram import recorded


def bot(answer: httpx2.Response | Exception) -> Bot:
    def handle(request: httpx2.Request) -> httpx2.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    transport = httpx2.MockTransport(handle)
    return Bot(client(transport=transport), base="https://telegram.example/", token="1:a")


def told(name: str) -> httpx2.Response:
    answer = recorded(name)
    return httpx2.Response(answer.get("error_code", 200), json=answer)


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("blocked_by_the_user", DestinationGone),
        ("chat_not_found", DestinationGone),
        ("too_many_requests", Postponed),
        ("wrong_token", Misconfigured),
        ("no_such_method", Misconfigured),
        ("webhook_is_active", Misconfigured),
        ("message_too_long", Refused),
        ("not_modified", Refused),
    ],
)
def test_each_refusal_has_a_name(name: str, error: type[Exception]) -> None:
    with pytest.raises(error) as refusal:
        bot(told(name)).call("sendMessage", text="Aviso")
    assert refusal.type is error


def test_too_many_requests_hold_everybody_as_long_as_telegram_says() -> None:
    with pytest.raises(Postponed) as delay:
        bot(told("too_many_requests")).call("sendMessage", text="Aviso")
    assert (delay.value.whole, delay.value.wait) == (True, timedelta(seconds=7))


PAGE = "<html>Bad Gateway</html>"


@pytest.mark.parametrize("method", ["sendMessage", "sendPhoto"])
@pytest.mark.parametrize(
    "answer",
    [
        httpx2.Response(502, text=PAGE),
        httpx2.Response(504, json={"ok": False, "error_code": 504, "description": "Gateway Timeout"}),
        httpx2.Response(200, text=PAGE),
        httpx2.Response(200, json=[]),
        httpx2.Response(200, json={"ok": True, "result": True}),
    ],
)
def test_a_gateway_that_lost_the_answer_leaves_a_doubt_of_what_was_said(
    method: str, answer: httpx2.Response
) -> None:
    with pytest.raises(Unanswered):
        bot(answer).call(method, text="Aviso")


@pytest.mark.parametrize(
    ("method", "answer"),
    [
        ("sendMessage", httpx2.Response(503, text=PAGE)),
        ("sendMessage", httpx2.Response(403, text=PAGE)),
        ("editMessageText", httpx2.Response(502, text=PAGE)),
        ("getUpdates", httpx2.Response(200, json=[])),
    ],
)
def test_a_gateway_that_passed_nothing_on_is_waited_for(method: str, answer: httpx2.Response) -> None:
    with pytest.raises(Postponed) as delay:
        bot(answer).call(method, text="Aviso")
    assert delay.value.whole


@pytest.mark.parametrize(
    ("method", "silence", "error"),
    [
        ("sendMessage", httpx2.ReadTimeout("late"), Unanswered),
        ("sendPhoto", httpx2.ReadError("cut"), Unanswered),
        ("sendMessage", httpx2.ConnectError("refused"), Postponed),
        ("getUpdates", httpx2.ReadTimeout("late"), Postponed),
        ("editMessageText", httpx2.ReadTimeout("late"), Postponed),
    ],
)
def test_only_what_may_have_been_said_leaves_a_doubt(
    method: str, silence: Exception, error: type[Exception]
) -> None:
    with pytest.raises(error):
        bot(silence).call(method)


def test_a_server_in_the_offices_own_network_must_be_allowed() -> None:
    with client() as http, pytest.raises(Misconfigured):
        Bot(http, base="http://127.0.0.1:9", token="1:a").call("getMe")


def test_no_error_tells_the_token() -> None:
    secret = Bot(
        client(transport=httpx2.MockTransport(fail)), base="https://telegram.example", token="1:secreto"
    )
    with pytest.raises(Postponed) as delay:
        secret.call("getMe")
    assert "secreto" not in str(delay.value)


def fail(request: httpx2.Request) -> httpx2.Response:
    raise httpx2.ConnectError(f"Cannot reach {request.url}")
