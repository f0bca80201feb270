"""The double is only worth something if it refuses what Mastodon refuses, and forgets nothing that it said."""

from __future__ import annotations

from typing import Any

import httpx2

from servers.mastodon import MastodonServer, seen


def ask(server: MastodonServer, method: str, path: str, *, key: str = "", **payload: Any) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {server.token}"} | ({"Idempotency-Key": key} if key else {})
    return httpx2.request(method, f"{server.url}/api/{path}", headers=headers, **payload)


def post(server: MastodonServer, text: str = "Aviso", *, key: str = "", **fields: Any) -> httpx2.Response:
    return ask(server, "POST", "v1/statuses", key=key, json={"status": text, **fields})


def test_a_wrong_token_is_unauthorized(mastodon_server: MastodonServer) -> None:
    mastodon_server.token = "otra"
    answer = httpx2.get(
        f"{mastodon_server.url}/api/v1/accounts/verify_credentials", headers={"Authorization": "Bearer no"}
    )
    assert (answer.status_code, answer.json()) == (401, {"error": "The access token is invalid"})


def test_the_same_key_is_the_same_post(mastodon_server: MastodonServer) -> None:
    numbers = [post(mastodon_server, key=key).json()["id"] for key in ("a", "a", "b", "", "")]
    assert (numbers[0] == numbers[1], len(set(numbers)), len(mastodon_server.posts)) == (True, 4, 4)


def test_a_text_beyond_the_limit_is_refused_and_a_link_is_23_letters(mastodon_server: MastodonServer) -> None:
    link = "https://muestra.example/" + "b" * 600
    assert seen(f"Ver {link}") == 27
    assert [post(mastodon_server, text).status_code for text in ("a" * 500, link, "a" * 501)] == [
        200,
        200,
        422,
    ]


def test_an_edit_without_the_photos_takes_them_off(mastodon_server: MastodonServer) -> None:
    photo = {"file": ("foto.jpg", b"\xff\xd8\xff", "image/jpeg")}
    media = ask(mastodon_server, "POST", "v2/media", files=photo, data={"description": "El andador"}).json()[
        "id"
    ]
    number = post(mastodon_server, media_ids=[media]).json()["id"]
    assert mastodon_server.posts[number].media == [media]
    ask(mastodon_server, "PUT", f"v1/statuses/{number}", json={"status": "Otro"})
    assert (mastodon_server.posts[number].media, mastodon_server.posts[number].text) == ([], "Otro")


def test_a_photo_in_the_making_cannot_be_posted(mastodon_server: MastodonServer) -> None:
    mastodon_server.looks = 1
    photo = {"file": ("foto.jpg", b"\xff\xd8\xff", "image/jpeg")}
    answer = ask(mastodon_server, "POST", "v2/media", files=photo, data={"description": ""})
    media = answer.json()["id"]
    assert (answer.status_code, post(mastodon_server, media_ids=[media]).status_code) == (202, 422)
    assert ask(mastodon_server, "GET", f"v1/media/{media}").status_code == 200
    assert post(mastodon_server, media_ids=[media]).status_code == 200


def test_what_is_deleted_is_not_found(mastodon_server: MastodonServer) -> None:
    number = post(mastodon_server).json()["id"]
    asked = [ask(mastodon_server, "DELETE", f"v1/statuses/{number}").status_code for _time in range(2)]
    assert (asked, post(mastodon_server, in_reply_to_id=number).status_code) == ([200, 404], 404)
