"""The double is only worth something if it refuses what X refuses."""

from __future__ import annotations

import time
from typing import Any

import httpx2
import pytest

from pregon.channels.x.oauth import Keys, authorization
from servers.x import XApi, weight


def ask(api: XApi, method: str, path: str, *, signed: str = "", **payload: Any) -> httpx2.Response:
    keys = Keys(
        consumer=api.keys["api_key"],
        consumer_secret=api.keys["api_key_secret"],
        token=api.keys["access_token"],
        token_secret=api.keys["access_token_secret"],
    )
    nonce = f"nonce-{len(api.calls)}-{time.monotonic_ns()}"
    signature = authorization(
        keys,
        signed or method,
        api.url + path,
        nonce=nonce,
        timestamp=int(time.time()),
        form=payload.get("data"),
    )
    return httpx2.request(method, api.url + path, headers={"Authorization": signature}, **payload)


def say(api: XApi, text: str, **more: Any) -> httpx2.Response:
    return ask(api, "POST", "/2/tweets", json={"text": text, **more})


def test_a_signature_over_the_address_and_a_form_is_accepted(x_api: XApi) -> None:
    assert ask(x_api, "GET", "/2/users/me?a=b%20c&a=").json() == {"data": x_api.user}
    assert ask(x_api, "POST", "/2/otra", data={"con espacio": "ñ&="}).status_code == 404


def test_whoever_signs_something_else_or_nothing_is_nobody(x_api: XApi) -> None:
    assert ask(x_api, "POST", "/2/tweets", signed="GET", json={"text": "x"}).status_code == 401
    assert httpx2.get(f"{x_api.url}/2/users/me").status_code == 401
    assert x_api.calls == []


def test_the_same_signature_is_taken_once(x_api: XApi) -> None:
    first = ask(x_api, "GET", "/2/users/me")
    again = httpx2.get(first.request.url, headers=first.request.headers)
    assert (first.status_code, again.status_code) == (200, 401)


def test_a_text_is_weighed_and_a_second_equal_one_refused(x_api: XApi) -> None:
    assert say(x_api, "á" * 257 + "https://muestra.example/" + "a" * 300).status_code == 201
    assert say(x_api, "á" * 281).status_code == 403
    assert say(x_api, "uno").status_code == 201
    assert (
        say(x_api, "uno").json()["detail"] == "You are not allowed to create a Tweet with duplicate content."
    )


@pytest.mark.parametrize(
    ("text", "weighs"), [("año", 3), ("📣", 2), ("👩‍👧", 2), ("東京", 4), ("—…", 3), ("1️⃣", 2)]
)
def test_it_weighs_as_x_documents(text: str, weighs: int) -> None:
    assert weight(text) == weighs


def test_what_is_spent_is_answered_with_its_reset(x_api: XApi) -> None:
    x_api.spend("x-user-limit-24hour", seconds=3600)
    answer = say(x_api, "uno")
    assert (answer.status_code, answer.headers["x-user-limit-24hour-remaining"]) == (429, "0")


def test_a_photo_is_described_and_shown(x_api: XApi) -> None:
    media = ask(
        x_api,
        "POST",
        "/2/media/upload",
        files={"media": ("a.jpg", b"\xff\xd8\xff"), "media_category": (None, "tweet_image")},
    ).json()["data"]["id"]
    words = {"id": media, "metadata": {"alt_text": {"text": "Un parque"}}}
    assert ask(x_api, "POST", "/2/media/metadata", json=words).status_code == 200
    assert say(x_api, "uno", media={"media_ids": [media]}).status_code == 201
    assert say(x_api, "dos", media={"media_ids": ["7"]}).status_code == 400


def test_a_post_is_deleted_once(x_api: XApi) -> None:
    number = say(x_api, "uno").json()["data"]["id"]
    assert [ask(x_api, "DELETE", f"/2/tweets/{number}").status_code for _time in range(2)] == [200, 404]
