"""The double is only worth something if it refuses what a real server refuses."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from servers.bluesky import POSTS, Pds

KEY = "3jzfcijpj2z2a"


def ask(pds: Pds, method: str, body: Any, token: str = "") -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = httpx2.post(f"{pds.url}/xrpc/com.atproto.{method}", json=body, headers=headers)
    return answer.status_code, answer.json()


def log_in(pds: Pds) -> dict[str, str]:
    status, told = ask(pds, "server.createSession", {"identifier": pds.handle, "password": pds.password})
    assert status == 200
    session: dict[str, str] = told
    return session


def put(pds: Pds, token: str, text: str, *, key: str = KEY, **more: Any) -> tuple[int, Any]:
    record = {"$type": POSTS, "text": text, "createdAt": "2026-11-20T18:00:00.000Z", **more.pop("record", {})}
    place = {"repo": pds.did, "collection": POSTS, "rkey": key, "record": record}
    return ask(pds, "repo.putRecord", place | more, token)


def test_only_the_account_with_its_password_gets_a_session(pds: Pds) -> None:
    status, told = ask(pds, "server.createSession", {"identifier": pds.handle, "password": "otra"})
    assert (status, told["error"]) == (401, "AuthenticationRequired")
    assert log_in(pds)["did"] == pds.did


def test_a_token_is_for_one_thing_and_ends(pds: Pds) -> None:
    session = log_in(pds)
    assert put(pds, session["refreshJwt"], "x")[1]["error"] == "ExpiredToken"
    assert put(pds, "", "x") == (401, {"error": "AuthMissing", "message": "Authentication Required"})
    pds.expire()
    assert put(pds, session["accessJwt"], "x")[1]["error"] == "ExpiredToken"
    assert (
        put(pds, ask(pds, "server.refreshSession", {}, session["refreshJwt"])[1]["accessJwt"], "x")[0] == 200
    )


@pytest.mark.parametrize(
    ("text", "status"), [("ñ" * 300, 200), ("ñ" * 301, 400), ("👨‍👩‍👧‍👦" * 120, 200), ("👨‍👩‍👧‍👦" * 121, 400)]
)
def test_a_text_has_two_limits(pds: Pds, text: str, status: int) -> None:
    assert put(pds, log_in(pds)["accessJwt"], text)[0] == status


def test_a_record_is_written_where_none_stands_if_that_is_asked(pds: Pds) -> None:
    token = log_in(pds)["accessJwt"]
    answers = [put(pds, token, text, swapRecord=None) for text in ("uno", "dos")]
    assert ([status for status, _told in answers], answers[1][1]["error"]) == ([200, 400], "InvalidSwap")
    assert put(pds, token, "tres", key="no-es-tid")[0] == 400


def test_a_facet_stays_within_the_text(pds: Pds) -> None:
    beyond = {"facets": [{"index": {"byteStart": 0, "byteEnd": 9}, "features": []}]}
    assert put(pds, log_in(pds)["accessJwt"], "uno", record=beyond)[0] == 400


def test_a_photo_that_nobody_uploaded_cannot_be_shown(pds: Pds) -> None:
    image = {
        "alt": "",
        "image": {"$type": "blob", "ref": {"$link": "x"}, "mimeType": "image/jpeg", "size": 1},
    }
    embed = {"embed": {"$type": "app.bsky.embed.images", "images": [image]}}
    assert put(pds, log_in(pds)["accessJwt"], "uno", record=embed)[1]["error"] == "BlobNotFound"


def test_a_spent_budget_is_answered_with_its_reset(pds: Pds) -> None:
    pds.spend(seconds=60)
    answer = httpx2.post(f"{pds.url}/xrpc/com.atproto.server.createSession", json={})
    assert (answer.status_code, answer.headers["ratelimit-remaining"]) == (429, "0")
