"""Every refusal of the Graph API has a name, a lost answer is a doubt where it may be one, and a token has a life."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from pregon.channels.graph import (
    LATER,
    LONGEST_WAIT,
    Duplicate,
    Forbidden,
    Graph,
    GraphOptions,
    Missing,
    Refused,
    named,
    pause_in,
)
from pregon.core.http import client
from pregon.delivery.contract import Token
from pregon.delivery.errors import Misconfigured, Postponed, Unanswered
from pregon.delivery.registry import door
from servers.graph import (
    APP,
    APP_SECRET,
    FRESH_TOKEN,
    NOW,
    PAGE_TOKEN,
    SIXTY_DAYS,
    USER_TOKEN,
    GraphApi,
    recorded,
)

NOON = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


def options(api: GraphApi | None = None, **fields: Any) -> GraphOptions:
    base = api.url if api else "https://graph.example/"
    given = {"token": USER_TOKEN, "api_base": base, "allow_private": True}
    return GraphOptions(**(given | fields))


def graph(api: GraphApi, **fields: Any) -> Graph:
    return Graph.over(door(allow_private=True), options(api, **fields))


def with_app(api: GraphApi, **fields: Any) -> Graph:
    return graph(api, **({"app_id": APP, "app_secret": APP_SECRET} | fields))


def facing(answer: httpx2.Response | Exception) -> Graph:
    def handle(request: httpx2.Request) -> httpx2.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return Graph.over(client(transport=httpx2.MockTransport(handle)), options())


# --- Refusals -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "error", "whole"),
    [
        ("dead_token", Misconfigured, None),
        ("proof_missing", Misconfigured, None),
        ("proof_wrong", Misconfigured, None),
        ("secret_wrong", Misconfigured, None),
        ("permission_denied", Forbidden, None),
        ("permission_missing", Forbidden, None),
        ("app_throttled", Postponed, True),
        ("page_throttled", Postponed, True),
        ("instagram_throttled", Postponed, True),
        ("blocked", Postponed, True),
        ("unknown_error", Postponed, False),
        ("service_down", Postponed, False),
        ("instagram_trouble", Postponed, False),
        ("missing", Missing, None),
        ("unknown_name", Missing, None),
        ("duplicate", Duplicate, None),
        ("bad_parameter", Refused, None),
        ("day_is_full", Refused, None),
        ("fatal", Refused, None),
    ],
)
def test_each_refusal_has_a_name(name: str, error: type[Exception], whole: bool | None) -> None:
    answer = recorded(name)
    with pytest.raises(error) as refusal:
        facing(httpx2.Response(answer["status"], json=answer["body"])).post("1/feed", message="Hay agua")
    assert (refusal.type, getattr(refusal.value, "whole", None)) == (error, whole)


@pytest.mark.parametrize("code", [4, 17, 32, 341, 613, *range(80_001, 80_007)])
def test_every_kind_of_throttling_holds_the_whole_channel(code: int) -> None:
    delay = named({"code": code}, {})
    assert isinstance(delay, Postponed)
    assert (delay.whole, delay.wait) == (True, LATER)


@pytest.mark.parametrize("code", [10, 200, 210, 299])
def test_every_kind_of_permission_is_a_setting(code: int) -> None:
    assert type(named({"code": code}, {})) is Forbidden


def test_a_refusal_says_what_meta_says_to_people_and_keeps_its_numbers() -> None:
    refusal = named(recorded("wrong_shape")["body"]["error"], {})
    assert isinstance(refusal, Refused)
    assert (str(refusal), refusal.code, refusal.subcode) == (
        "Meta no lo aceptó: The submitted image with aspect ratio 0.5 cannot be published.",
        36003,
        2207009,
    )


@pytest.mark.parametrize("error", ["roto", {}, {"code": "roto", "message": None}])
def test_an_error_that_says_nothing_is_a_refusal(error: Any) -> None:
    with pytest.raises(Refused):
        facing(httpx2.Response(400, json={"error": error})).get("me")


def usage(minutes: Any) -> str:
    return json.dumps({APP: [{"type": "pages", "estimated_time_to_regain_access": minutes}]})


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        (usage(19), timedelta(minutes=19)),
        (usage(10**9), LONGEST_WAIT),
        (usage(0), LATER),
        (usage("mucho"), LATER),
        ("[1]", LATER),
        ('{"7": [1]}', LATER),
        ("roto", LATER),
        ("", LATER),
    ],
)
def test_a_throttled_app_waits_as_long_as_its_headers_estimate(header: str, wait: timedelta) -> None:
    assert pause_in({"x-business-use-case-usage": header}) == wait


def test_the_longest_estimate_of_all_counts() -> None:
    both = {"x-business-use-case-usage": usage(3), "x-app-usage": '{"estimated_time_to_regain_access": 8}'}
    assert pause_in(both) == timedelta(minutes=8)


def test_a_throttled_call_reads_the_headers_of_its_own_answer(graph_api: GraphApi) -> None:
    graph_api.slow_down(7)
    with pytest.raises(Postponed) as delay:
        graph(graph_api).get("me")
    assert delay.value.wait == timedelta(minutes=7)


# --- Silence ------------------------------------------------------------------------------------------------


def test_an_answer_that_got_lost_is_a_doubt_only_where_asking_again_would_say_it_twice(
    graph_api: GraphApi,
) -> None:
    graph_api.add_page("100")
    page = graph(graph_api, token=PAGE_TOKEN)
    graph_api.lose()
    with pytest.raises(Unanswered):
        page.post("100/feed", message="Hay agua")
    graph_api.lose()
    with pytest.raises(Postponed) as delay:
        page.post("100/photos", repeatable=True, files={"source": ("foto.jpg", b"\xff\xd8\xff")})
    assert (delay.value.whole, [post["message"] for post in graph_api.posts.values()]) == (True, ["Hay agua"])


def test_a_call_that_never_left_is_no_doubt() -> None:
    with pytest.raises(Postponed):
        facing(httpx2.ConnectError("")).post("100/feed", message="Hay agua")


@pytest.mark.parametrize(
    ("status", "error"),
    [(200, Unanswered), (500, Unanswered), (504, Unanswered), (503, Postponed), (404, Postponed)],
)
def test_a_gateways_page_leaves_a_doubt_unless_it_passed_nothing_on(
    status: int, error: type[Exception], graph_api: GraphApi
) -> None:
    graph_api.gateway(status, status)
    with pytest.raises(error):
        graph(graph_api).post("100/feed", message="Hay agua")
    with pytest.raises(Postponed):
        graph(graph_api).get("me")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx2.Response(200, json=[]), Unanswered),
        (httpx2.Response(404, json={"odd": 1}), Postponed),
        (httpx2.Response(502, json={"odd": 1}), Unanswered),
        (httpx2.Response(503, json={"error": {"code": 99999, "message": "Unavailable"}}), Postponed),
        (httpx2.Response(500, json={"error": {"code": 99999, "message": "No"}}), Refused),
    ],
)
def test_what_is_not_of_the_apis_shape_comes_from_a_gateway(
    answer: httpx2.Response, error: type[Exception]
) -> None:
    with pytest.raises(error):
        facing(answer).post("100/feed", message="Hay agua")


def test_a_yes_without_a_number_is_a_doubt_where_it_may_be_one() -> None:
    with pytest.raises(Unanswered):
        facing(httpx2.Response(200, json={})).create("1/feed")
    with pytest.raises(Postponed):
        facing(httpx2.Response(200, json={})).create("1/photos", repeatable=True)


def test_the_offices_own_network_is_closed_unless_it_is_opened(graph_api: GraphApi) -> None:
    with pytest.raises(Misconfigured):
        Graph.over(door(allow_private=False), options(graph_api)).get("me")
    assert graph_api.calls == []


# --- How a call travels -------------------------------------------------------------------------------------


def test_a_call_carries_its_token_in_a_header_and_its_proof_in_the_address() -> None:
    seen: list[httpx2.Request] = []

    def handle(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(200, json={"id": "1"})

    http = client(transport=httpx2.MockTransport(handle))
    Graph.over(http, options(app_secret=APP_SECRET)).post(
        "/1/feed", message="Hay agua", link=None, published=False
    )
    [request] = seen
    proof = hmac.new(APP_SECRET.encode(), USER_TOKEN.encode(), hashlib.sha256).hexdigest()
    assert (request.headers["authorization"], USER_TOKEN in str(request.url)) == (
        f"Bearer {USER_TOKEN}",
        False,
    )
    assert (request.url.path, dict(request.url.params)) == (
        "/v26.0/1/feed",
        {"appsecret_proof": proof, "locale": "es_LA"},
    )
    assert request.read() == b"message=Hay+agua&published=false"


def test_an_app_that_asks_for_proof_gets_it(graph_api: GraphApi) -> None:
    graph_api.requires_proof = True
    assert with_app(graph_api).who() == "Comunicación Social"
    for wrong in (graph(graph_api), with_app(graph_api, app_secret="otro")):
        with pytest.raises(Misconfigured):
            wrong.who()


@pytest.mark.parametrize(
    "wrong",
    [{"version": "26"}, {"version": "v26.0/../x"}, {"token": "EAA con espacio"}, {"app_id": "pregon"}],
)
def test_what_cannot_be_right_is_a_wrong_setting(wrong: dict[str, str]) -> None:
    with pytest.raises(Misconfigured):
        options(**wrong)


# --- The token ----------------------------------------------------------------------------------------------


def test_a_token_lives_as_long_as_meta_says(graph_api: GraphApi) -> None:
    assert with_app(graph_api).life() == Token(
        issued_at=datetime.fromtimestamp(NOW, UTC), expires_at=datetime.fromtimestamp(NOW + SIXTY_DAYS, UTC)
    )
    assert graph_api.calls[-1].token == f"{APP}|{APP_SECRET}"


def test_a_token_without_end_lives_until_access_to_data_ends(graph_api: GraphApi) -> None:
    lasting = with_app(graph_api, token=PAGE_TOKEN)
    assert lasting.life() == Token(issued_at=datetime.fromtimestamp(NOW, UTC), expires_at=None)
    graph_api.tokens[PAGE_TOKEN]["data_access_expires_at"] = NOW + 60
    assert lasting.life() == Token(
        issued_at=datetime.fromtimestamp(NOW, UTC), expires_at=datetime.fromtimestamp(NOW + 60, UTC)
    )


def test_without_an_app_a_token_is_asked_about_itself_and_may_say_nothing(graph_api: GraphApi) -> None:
    assert graph(graph_api).life() is not None
    graph_api.refuse("bad_parameter", at="debug_token", times=2)
    assert graph(graph_api).life() is None
    with pytest.raises(Misconfigured):
        with_app(graph_api).life()


def test_a_token_that_was_made_without_a_permission_says_which(graph_api: GraphApi) -> None:
    assert with_app(graph_api).who("pages_manage_posts") == "Comunicación Social"
    graph_api.tokens[USER_TOKEN]["scopes"] = ["pages_show_list"]
    with pytest.raises(Misconfigured, match="con: pages_manage_posts"):
        with_app(graph_api).who("pages_show_list", "pages_manage_posts")
    graph_api.refuse("bad_parameter", at="debug_token")
    assert graph(graph_api).who("pages_manage_posts") == "Comunicación Social"


@pytest.mark.parametrize("token", ["EAAdead", PAGE_TOKEN])
def test_a_dead_token_is_a_wrong_setting(token: str, graph_api: GraphApi) -> None:
    graph_api.tokens.pop(PAGE_TOKEN)
    for wrong in (with_app(graph_api, token=token), graph(graph_api, token=token)):
        with pytest.raises(Misconfigured):
            wrong.life()
    with pytest.raises(Misconfigured):
        with_app(graph_api, token=token).renewed(at=NOON)


def test_a_token_is_changed_for_one_of_sixty_days(graph_api: GraphApi) -> None:
    renewal = with_app(graph_api).renewed(at=NOON)
    assert renewal is not None
    assert (renewal.values, renewal.token) == (
        {"token": FRESH_TOKEN},
        Token(issued_at=NOON, expires_at=NOON + timedelta(days=60)),
    )
    assert graph(graph_api, token=renewal.values["token"]).who() == "Comunicación Social"


def test_without_an_app_only_a_person_gets_a_new_token(graph_api: GraphApi) -> None:
    assert (graph(graph_api).renewed(at=NOON), graph_api.calls) == (None, [])


@pytest.mark.parametrize("answer", [{}, {"access_token": ""}, {"access_token": None}, {"access_token": " "}])
def test_a_renewed_token_is_never_empty(answer: dict[str, Any]) -> None:
    bare = facing(httpx2.Response(200, json=answer))
    keyed = replace(bare, options=options(app_id=APP, app_secret=APP_SECRET))
    with pytest.raises(Postponed):
        keyed.renewed(at=NOON)


def test_a_renewed_token_without_an_end_has_none() -> None:
    bare = facing(httpx2.Response(200, json={"access_token": FRESH_TOKEN}))
    renewal = replace(bare, options=options(app_id=APP, app_secret=APP_SECRET)).renewed(at=NOON)
    assert renewal is not None
    assert renewal.token == Token(issued_at=NOON, expires_at=None)


def test_a_fault_of_the_network_is_never_taken_for_a_dead_token(graph_api: GraphApi) -> None:
    away = with_app(graph_api, api_base="http://127.0.0.1:1")
    graph_api.gateway(502, 404, 302)
    behind = with_app(graph_api)
    for asking in (away.who, away.life, behind.who, behind.life, lambda: behind.renewed(at=NOON)):
        with pytest.raises(Postponed):
            asking()
    with pytest.raises(Postponed):
        away.renewed(at=NOON)


def test_a_refused_exchange_is_a_wrong_setting(graph_api: GraphApi) -> None:
    for name in ("secret_wrong", "bad_parameter"):
        graph_api.refuse(name, at="oauth/access_token")
        with pytest.raises(Misconfigured):
            with_app(graph_api).renewed(at=NOON)
    graph_api.refuse("bad_parameter", at="me")
    with pytest.raises(Misconfigured):
        graph(graph_api).who()
