"""A session that is kept, renewed and opened again; and a name for each answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from pregon.channels.bluesky.xrpc import LONGEST_WAIT, WINDOW, Agent, Refused, problem, waiting
from pregon.core.http import client
from pregon.delivery.errors import DestinationGone, Misconfigured, Postponed
from pregon.delivery.registry import door
from servers.bluesky import Pds

NOW = 1_795_000_000
DELETE = "com.atproto.repo.deleteRecord"


def agent(pds: Pds, *, password: str = "") -> Agent:
    return Agent(
        door(allow_private=True), base=f"{pds.url}/", identifier=pds.handle, password=password or pds.password
    )


def delete(one: Agent) -> Any:
    return one.call(
        DELETE, json={"repo": one.did, "collection": "app.bsky.feed.post", "rkey": "3jzfcijpj2z2a"}
    )


def test_a_session_is_opened_once_and_kept(pds: Pds) -> None:
    office = agent(pds)
    for _time in range(2):
        delete(office)
    assert pds.asked() == ["createSession", "deleteRecord", "deleteRecord"]
    assert (office.did, office.handle) == (pds.did, pds.handle)


def test_a_session_that_ended_is_renewed(pds: Pds) -> None:
    office = agent(pds)
    delete(office)
    pds.expire()
    delete(office)
    assert pds.asked()[2:] == ["deleteRecord", "refreshSession", "deleteRecord"]


def test_one_that_cannot_be_renewed_is_opened_again(pds: Pds) -> None:
    office = agent(pds)
    delete(office)
    pds.expire(wholly=True)
    delete(office)
    assert pds.asked()[2:] == ["deleteRecord", "refreshSession", "createSession", "deleteRecord"]


def test_one_that_ends_again_at_once_is_a_wrong_setting(pds: Pds) -> None:
    pds.refuse("InvalidToken", times=2)
    with pytest.raises(Misconfigured, match="contraseña de aplicación"):
        delete(agent(pds))


def test_a_wrong_password_is_a_wrong_setting(pds: Pds) -> None:
    with pytest.raises(Misconfigured):
        delete(agent(pds, password="otra"))


@pytest.mark.parametrize("status", ["deactivated", "suspended", "takendown"])
def test_an_account_that_is_not_active_is_a_wrong_setting(pds: Pds, status: str) -> None:
    pds.status = status
    with pytest.raises(Misconfigured, match=status):
        delete(agent(pds))


@pytest.mark.parametrize(
    ("status", "name", "error"),
    [
        (400, "InvalidRequest", Refused),
        (400, "InvalidSwap", Refused),
        (400, "BlobTooLarge", Refused),
        (400, "RepoNotFound", DestinationGone),
        (400, "AccountDeactivated", DestinationGone),
        (400, "AccountTakedown", Misconfigured),
        (401, "AccountTakedown", Misconfigured),
        (401, "AuthenticationRequired", Misconfigured),
        (401, "AuthFactorTokenRequired", Misconfigured),
        (401, "AuthMissing", Misconfigured),
        (403, "Forbidden", Misconfigured),
        (404, "XRPCNotSupported", Misconfigured),
        (429, "RateLimitExceeded", Postponed),
        (500, "InternalServerError", Postponed),
        (502, "UpstreamFailure", Postponed),
    ],
)
def test_each_refusal_has_a_name(status: int, name: str, error: type[Exception]) -> None:
    named = problem(httpx2.Response(status, json={"error": name, "message": "What it says."}))
    said = str(named)
    assert (type(named), said[0].isupper(), said[-1]) == (error, True, ".")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx2.Response(400, text="<html>Bad Request</html>"), Misconfigured),
        (httpx2.Response(413, text="<html>Payload Too Large</html>"), Refused),
        (httpx2.Response(404, json=["odd"]), Misconfigured),
        (httpx2.Response(503, text="<html>Service Unavailable</html>"), Postponed),
    ],
)
def test_a_gateways_page_has_a_name_too(answer: httpx2.Response, error: type[Exception]) -> None:
    assert type(problem(answer)) is error


@pytest.mark.parametrize(
    ("reset", "wait"),
    [
        (str(NOW + 120), timedelta(minutes=2)),
        (str(NOW - 5), timedelta(seconds=1)),
        (str(NOW + 10**8), LONGEST_WAIT),
        ("mañana", WINDOW),
        ("", WINDOW),
    ],
)
def test_all_wait_until_the_budget_begins_again(reset: str, wait: timedelta) -> None:
    assert waiting({"ratelimit-reset": reset}, now=NOW) == wait


@pytest.mark.parametrize("silence", [httpx2.ReadTimeout("late"), httpx2.ConnectError("refused")])
def test_silence_is_waited_for(silence: Exception) -> None:
    def fail(request: httpx2.Request) -> httpx2.Response:
        raise silence

    http = client(transport=httpx2.MockTransport(fail))
    with pytest.raises(Postponed) as delay:
        Agent(http, base="https://pds.example", identifier="a", password="secreta").log_in()
    assert (delay.value.whole, "secreta" in str(delay.value)) == (True, False)


def test_a_server_in_the_offices_own_network_must_be_allowed() -> None:
    with client() as http, pytest.raises(Misconfigured):
        Agent(http, base="http://127.0.0.1:9", identifier="a", password="b").log_in()


@pytest.mark.parametrize("told", [{}, {"accessJwt": "a", "did": "did:plc:7"}, ["odd"]])
def test_a_server_that_gives_no_session_is_none_of_blueskys(told: Any) -> None:
    http = client(transport=httpx2.MockTransport(lambda request: httpx2.Response(200, json=told)))
    with pytest.raises(Misconfigured):
        Agent(http, base="https://pds.example", identifier="a", password="b").log_in()


def test_a_yes_that_does_not_give_what_was_asked_is_none(pds: Pds) -> None:
    office = agent(pds)
    with pytest.raises(Postponed):
        office.call(DELETE, gives="cid", json={"rkey": "3jzfcijpj2z2a"})
