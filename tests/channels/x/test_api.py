"""Each answer of X has a name, and a wait where there is one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from pregon.channels.x.api import LONGEST_WAIT, WINDOW, Api, Duplicate, Refused, waiting
from pregon.channels.x.oauth import Keys
from pregon.core.http import client
from pregon.delivery.errors import DestinationGone, Misconfigured, Postponed, Unanswered

KEYS = Keys(consumer="una", consumer_secret="secreta", token="otra", token_secret="secretísima")
NOW = 1_795_000_000


def api(answer: httpx2.Response | Exception) -> Api:
    def tell(request: httpx2.Request) -> httpx2.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return Api(client(transport=httpx2.MockTransport(tell)), base="https://api.x.example/", keys=KEYS)


def told(status: int, detail: str = "", kind: str = "about:blank") -> httpx2.Response:
    return httpx2.Response(
        status, json={"title": "Problem", "detail": detail, "type": kind, "status": status}
    )


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (told(400, "One or more parameters to your request was invalid."), Refused),
        (told(401, "Unauthorized"), Misconfigured),
        (told(402, "No credits.", "https://api.twitter.com/2/problems/credits"), Misconfigured),
        (told(403, "Spend cap reached.", "https://api.x.com/2/problems/credits"), Misconfigured),
        (told(403, "You are not permitted to perform this action."), Refused),
        (told(403, "You are not allowed to create a Tweet with duplicate content."), Duplicate),
        (told(403, "Your account is suspended."), DestinationGone),
        (told(403, "", "https://api.twitter.com/2/problems/client-forbidden"), Misconfigured),
        (told(403, "", "https://api.twitter.com/2/problems/oauth1-permissions"), Misconfigured),
        (told(403, "", "https://api.twitter.com/2/problems/unsupported-authentication"), Misconfigured),
        (
            told(404, "Could not find tweet.", "https://api.twitter.com/2/problems/resource-not-found"),
            Refused,
        ),
        (httpx2.Response(404), Misconfigured),
        (httpx2.Response(413, text="<html>Payload Too Large</html>"), Refused),
        (told(429, "Too Many Requests"), Postponed),
        (told(429, "Monthly cap.", "https://api.twitter.com/2/problems/usage-capped"), Misconfigured),
        (told(500, "Internal error"), Postponed),
        (httpx2.Response(503, text="<html>Over capacity</html>"), Postponed),
        (httpx2.Response(403, text="<html>Blocked</html>"), Postponed),
        (httpx2.Response(400, json=["odd"]), Postponed),
    ],
)
def test_each_refusal_has_a_name(answer: httpx2.Response, error: type[Exception]) -> None:
    with pytest.raises(error) as refusal:
        api(answer).post("/2/tweets", speaking=True, json={"text": "Aviso"})
    said = str(refusal.value)
    assert (refusal.type, said[0].isupper(), said[-1]) == (error, True, ".")


@pytest.mark.parametrize("answer", [{}, {"data": ["odd"]}, {"data": {}}, ["odd"]])
def test_a_yes_that_names_nothing_is_none(answer: Any) -> None:
    for speaking, error in ((True, Unanswered), (False, Postponed)):
        with pytest.raises(error):
            api(httpx2.Response(200, json=answer)).post("/2/tweets", speaking=speaking, json={})


@pytest.mark.parametrize(
    ("silence", "speaking", "error"),
    [
        (httpx2.ReadTimeout("late"), True, Unanswered),
        (httpx2.ReadError("cut"), True, Unanswered),
        (httpx2.ReadTimeout("late"), False, Postponed),
        (httpx2.ConnectError("refused"), True, Postponed),
    ],
)
def test_only_what_may_have_been_said_leaves_a_doubt(
    silence: Exception, speaking: bool, error: type[Exception]
) -> None:
    with pytest.raises(error):
        api(silence).post("/2/tweets", speaking=speaking, json={})


def spent(**budgets: tuple[int, int]) -> dict[str, str]:
    """Headers of budgets: what is left of each, and in how many seconds it begins again."""
    names = {"window": "x-rate-limit", "user": "x-user-limit-24hour", "app": "x-app-limit-24hour"}
    headers: dict[str, str] = {}
    for budget, (left, seconds) in budgets.items():
        name = names[budget]
        headers |= {f"{name}-remaining": str(left), f"{name}-reset": str(NOW + seconds)}
    return headers


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        (spent(window=(0, 600)), timedelta(minutes=10)),
        (spent(window=(99, 600), user=(0, 7200)), timedelta(hours=2)),
        (spent(window=(0, 600), user=(0, 7200), app=(5, 9000)), timedelta(hours=2)),
        (spent(window=(3, 600)), timedelta(minutes=10)),
        (spent(window=(0, -5)), timedelta(seconds=1)),
        (spent(window=(0, 10**8)), LONGEST_WAIT),
        ({}, WINDOW),
        ({"x-rate-limit-reset": "mañana"}, WINDOW),
    ],
)
def test_all_wait_until_what_is_spent_begins_again(headers: dict[str, str], wait: timedelta) -> None:
    assert waiting(headers, now=NOW) == wait


def test_a_spent_budget_holds_everybody() -> None:
    with pytest.raises(Postponed) as delay:
        api(told(429, "Too Many Requests")).get("/2/users/me")
    assert (delay.value.whole, delay.value.wait) == (True, WINDOW)


def test_a_server_in_the_offices_own_network_must_be_allowed() -> None:
    with client() as http, pytest.raises(Misconfigured):
        Api(http, base="http://127.0.0.1:9", keys=KEYS).get("/2/users/me")


def test_no_error_tells_a_secret() -> None:
    def fail(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError(f"{request.url} {request.headers}")

    secret: Any = Api(client(transport=httpx2.MockTransport(fail)), base="https://x.example", keys=KEYS)
    with pytest.raises(Postponed) as delay:
        secret.get("/2/users/me")
    assert "secret" not in str(delay.value)
