"""The double is only worth something if it refuses what Telegram refuses."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest

from servers.telegram import TelegramApi, recorded


def ask(
    api: TelegramApi, method: str, *, files: dict[str, bytes] | None = None, **fields: Any
) -> tuple[int, Any]:
    address = f"{api.url}/bot{api.token}/{method}"
    answer = httpx2.post(address, data=fields, files=files) if files else httpx2.post(address, json=fields)
    return answer.status_code, answer.json()


def html(api: TelegramApi, text: str) -> tuple[int, Any]:
    return ask(api, "sendMessage", chat_id="@canal", text=text, parse_mode="HTML")


@pytest.fixture
def api(telegram_api: TelegramApi) -> TelegramApi:
    telegram_api.add_channel("@canal")
    return telegram_api


def test_a_message_to_a_known_channel_is_accepted_in_the_recorded_shape(api: TelegramApi) -> None:
    status, answer = html(api, "Hoy &lt;sí&gt; hay <b>agua</b>")
    assert (status, answer["result"]["text"]) == (200, "Hoy <sí> hay agua")
    assert set(answer["result"]) == set(recorded("accepted")["result"]) - {"sender_chat"}


def test_a_wrong_token_is_unauthorized(api: TelegramApi) -> None:
    answer = httpx2.get(f"{api.url}/bot1:other/getMe")
    assert (answer.status_code, answer.json()) == (401, recorded("wrong_token"))


def test_a_chat_that_nobody_added_does_not_exist(api: TelegramApi) -> None:
    assert ask(api, "sendMessage", chat_id="@otro", text="x") == (400, recorded("chat_not_found"))


def test_a_person_who_blocked_the_bot_is_a_403(api: TelegramApi) -> None:
    api.add_person(7)
    api.block(7)
    assert ask(api, "sendMessage", chat_id=7, text="x") == (403, recorded("blocked_by_the_user"))


def test_slowing_down_answers_429_once_and_then_accepts(api: TelegramApi) -> None:
    api.slow_down(7)
    assert html(api, "uno") == (429, recorded("too_many_requests"))
    assert html(api, "uno")[0] == 200


def test_a_gateway_error_is_not_json_and_passes(api: TelegramApi) -> None:
    api.fail()
    answer = httpx2.get(f"{api.url}/bot{api.token}/getMe")
    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html")
    assert ask(api, "getMe")[0] == 200


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<h1>x</h1>", 'Unsupported start tag "h1" at byte offset 0'),
        ("año & día", 'Unsupported start tag "&" at byte offset 5'),
        ("a < b", 'Unsupported start tag "<" at byte offset 2'),
        ("a > b", 'Unsupported start tag ">" at byte offset 2'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, found "</b>"'),
        ("&nbsp;", 'Unsupported start tag "&" at byte offset 0'),
    ],
)
def test_markup_that_telegram_does_not_know_is_refused(api: TelegramApi, text: str, reason: str) -> None:
    description = f"Bad Request: can't parse entities: {reason}"
    assert html(api, text) == (400, {"ok": False, "error_code": 400, "description": description})


def test_the_limit_counts_what_is_read_and_not_its_marks(api: TelegramApi) -> None:
    assert html(api, '<a href="https://example.org/">' + "á" * 4096 + "</a>")[0] == 200
    assert html(api, "á" * 4097) == (400, recorded("message_too_long"))
    assert html(api, "📣" * 2049) == (400, recorded("message_too_long"))


def test_a_caption_has_a_shorter_limit(api: TelegramApi) -> None:
    fields: dict[str, Any] = {"chat_id": "@canal", "photo": "https://example.org/a.jpg"}
    assert ask(api, "sendPhoto", caption="x" * 1024, **fields)[0] == 200
    assert ask(api, "sendPhoto", caption="x" * 1025, **fields) == (400, recorded("caption_too_long"))


def test_photos_travel_as_files_too_alone_and_in_albums(api: TelegramApi) -> None:
    jpeg = b"\xff\xd8\xff\xe0photo"
    assert ask(api, "sendPhoto", files={"photo": jpeg}, chat_id="@canal", caption="Parque")[0] == 200
    media = '[{"type":"photo","media":"attach://a","caption":"Parque"},{"type":"photo","media":"attach://b"}]'
    status, answer = ask(api, "sendMediaGroup", files={"a": jpeg, "b": jpeg}, chat_id="@canal", media=media)
    assert (status, [message["caption"] for message in answer["result"]]) == (200, ["Parque", ""])
    assert api.sent("sendMediaGroup")[0].files == {"a": jpeg, "b": jpeg}
    assert ask(api, "sendPhoto", files={"photo": b"<svg/>"}, chat_id="@canal")[0] == 400


def test_a_message_is_edited_and_deleted_once(api: TelegramApi) -> None:
    number = html(api, "Mañana")[1]["result"]["message_id"]
    place = {"chat_id": "@canal", "message_id": number}
    assert ask(api, "editMessageText", text="Hoy", **place)[0] == 200
    assert ask(api, "editMessageText", text="Hoy", **place) == (400, recorded("not_modified"))
    assert ask(api, "deleteMessage", **place) == (200, {"ok": True, "result": True})
    assert ask(api, "deleteMessage", **place) == (400, recorded("message_to_delete_not_found"))
    assert ask(api, "editMessageText", text="x", **place) == (400, recorded("message_to_edit_not_found"))


def test_a_photo_is_changed_for_another_and_never_for_a_text(api: TelegramApi) -> None:
    jpeg = b"\xff\xd8\xff\xe0photo"
    sent = ask(api, "sendPhoto", files={"photo": jpeg}, chat_id="@canal", caption="Ayer")[1]["result"]
    place = {"chat_id": "@canal", "message_id": sent["message_id"]}
    media = {"type": "photo", "media": "attach://otra", "caption": "Hoy"}
    status, answer = ask(api, "editMessageMedia", files={"otra": jpeg}, media=json.dumps(media), **place)
    assert (status, answer["result"]["caption"], answer["result"]["photo"] != sent["photo"]) == (
        200,
        "Hoy",
        True,
    )
    known = media | {"media": answer["result"]["photo"][0]["file_id"]}
    assert ask(api, "editMessageMedia", media=known, **place) == (400, recorded("not_modified"))
    assert ask(api, "editMessageText", text="Hoy", **place) == (400, recorded("no_text_to_edit"))


def test_a_text_gets_a_photo_and_has_no_caption_before(api: TelegramApi) -> None:
    place = {"chat_id": "@canal", "message_id": html(api, "Hoy")[1]["result"]["message_id"]}
    media = {"type": "photo", "media": "https://example.org/a.jpg", "caption": "Hoy"}
    assert ask(api, "editMessageCaption", caption="x", **place) == (400, recorded("no_caption_to_edit"))
    assert ask(api, "editMessageMedia", media=media, **place)[0] == 200
    assert ["text" in message for message in api.messages.values()] == [False]


def test_a_bot_without_the_right_edits_nothing_and_deletes_nothing_old(api: TelegramApi) -> None:
    place = {"chat_id": "@canal", "message_id": html(api, "Hoy")[1]["result"]["message_id"]}
    api.may_edit = api.may_delete = False
    assert ask(api, "editMessageText", text="Ayer", **place) == (400, recorded("cannot_be_edited"))
    assert ask(api, "deleteMessage", **place) == (400, recorded("cannot_be_deleted"))


def test_updates_are_given_until_they_are_confirmed_and_not_beside_a_webhook(api: TelegramApi) -> None:
    update = api.write(9, "/start")
    assert ask(api, "getUpdates") == (200, {"ok": True, "result": [update]})
    assert ask(api, "getUpdates", offset=update["update_id"] + 1) == (200, {"ok": True, "result": []})
    assert ask(api, "setWebhook", url="https://example.org/t", secret_token="s")[0] == 200
    assert ask(api, "getUpdates") == (409, recorded("webhook_is_active"))
