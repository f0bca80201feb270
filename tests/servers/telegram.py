"""A double of Telegram's Bot API that speaks HTTP, keeps Telegram's limits and remembers every call.

``telegram_answers/`` holds its answers, in the shapes of the service's reference and of its users' reports.
A chat that it was not told about does not exist, and a message that it did not take cannot be edited.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from servers.http import Answer, Request, form_of, serving
from servers.telegram_text import MarkupError, length, plain

ANSWERS = Path(__file__).parent / "telegram_answers"
TOKEN = "1234567:a-token-of-the-tests"
TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
PHOTO_LIMIT = 10 * 1024 * 1024
FIRST_BYTES = (b"\xff\xd8\xff", b"\x89PNG", b"RIFF")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call: its method, its fields as text or JSON values, and the files that came with it."""

    method: str
    fields: dict[str, Any]
    files: dict[str, bytes] = field(default_factory=dict)


class RefusalError(Exception):
    """The answer that ends a call early."""

    def __init__(self, answer: dict[str, Any]) -> None:
        super().__init__(answer["description"])
        self.answer = answer


def recorded(name: str) -> dict[str, Any]:
    """One recorded answer, fresh for the caller to change."""
    answer: dict[str, Any] = json.loads((ANSWERS / f"{name}.json").read_text(encoding="utf-8"))
    return answer


def refuse(description: str) -> RefusalError:
    return RefusalError({"ok": False, "error_code": 400, "description": f"Bad Request: {description}"})


class TelegramApi:
    """``calls`` holds everything asked for; ``messages`` what stands in the chats now, by chat and number."""

    def __init__(self) -> None:
        self.url = ""
        self.token = TOKEN
        self.calls: list[Call] = []
        self.chats: dict[str, dict[str, Any]] = {}
        self.messages: dict[tuple[str, int], dict[str, Any]] = {}
        self.blocked: set[str] = set()
        #: Whether the bot has the right to edit in the channel, and what it says is younger than two days.
        self.may_edit = self.may_delete = True
        self.webhook = ""
        self.webhook_secret = ""
        self._updates: list[dict[str, Any]] = []
        self._waits: list[int] = []
        #: The photos that it keeps, by the name it gave them; empty for one of an address.
        self.photos: dict[str, bytes] = {}
        self._silence = 0
        self._numbers = count(1)
        self._methods: dict[str, Callable[[Call], Any]] = {
            "getMe": self._get_me,
            "sendMessage": self._send_message,
            "sendPhoto": self._send_photo,
            "sendMediaGroup": self._send_media_group,
            "editMessageText": self._edit_text,
            "editMessageCaption": self._edit_caption,
            "editMessageMedia": self._edit_media,
            "deleteMessage": self._delete,
            "getUpdates": self._get_updates,
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._delete_webhook,
        }

    # --- What a test arranges ---------------------------------------------------------------------------

    def add_channel(
        self, name: str, *, number: int = -1001000000001, title: str = "Comunicación Social"
    ) -> None:
        """A channel where the bot may post, known by its @name and by its number."""
        chat = {"id": number, "title": title, "username": name.removeprefix("@"), "type": "channel"}
        self.chats[f"@{name.removeprefix('@')}"] = self.chats[str(number)] = chat

    def add_person(self, number: int) -> None:
        """A private chat that its owner opened."""
        self.chats[str(number)] = {"id": number, "first_name": "Vecina", "type": "private"}

    def block(self, number: int) -> None:
        """The person blocks the bot."""
        self.blocked.add(str(number))

    def slow_down(self, *waits: int) -> None:
        """The next calls that send are told to wait, one for each number of seconds."""
        self._waits.extend(waits)

    def fail(self, times: int = 1) -> None:
        """The next calls are met by a gateway's error page instead of an answer."""
        self._silence = times

    def write(self, number: int, text: str) -> dict[str, Any]:
        """A person writes to the bot; the update waits for ``getUpdates``, and is returned to be posted."""
        self.add_person(number)
        update = {
            "update_id": next(self._numbers),
            "message": {
                "message_id": next(self._numbers),
                "from": {"id": number, "is_bot": False, "first_name": "Vecina", "language_code": "es"},
                "chat": self.chats[str(number)],
                "date": 1795000000,
                "text": text,
            },
        }
        self._updates.append(update)
        return update

    def sent(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    # --- The service ------------------------------------------------------------------------------------

    def answer(self, request: Request) -> Answer:
        if self._silence:
            self._silence -= 1
            return Answer(status=502, body=b"<html>Bad Gateway</html>", headers={"Content-Type": "text/html"})
        try:
            told = {"ok": True, "result": self._answer(request)}
        except RefusalError as refusal:
            told = refusal.answer
        return Answer(
            status=told.get("error_code", 200),
            body=json.dumps(told, ensure_ascii=False).encode(),
            headers={"Content-Type": "application/json"},
        )

    def _answer(self, request: Request) -> Any:
        split = urlsplit(request.path)
        token, _, method = split.path.removeprefix("/bot").partition("/")
        if token != self.token:
            raise RefusalError(recorded("wrong_token"))
        if method not in self._methods:
            raise RefusalError(recorded("no_such_method"))
        call = read(request, method=method, query=split.query)
        self.calls.append(call)
        if self._waits and method not in {"getMe", "getUpdates", "setWebhook", "deleteWebhook"}:
            wait = self._waits.pop(0)
            raise RefusalError(
                recorded("too_many_requests")
                | {
                    "description": f"Too Many Requests: retry after {wait}",
                    "parameters": {"retry_after": wait},
                }
            )
        return self._methods[method](call)

    def _get_me(self, call: Call) -> dict[str, Any]:
        return {"id": 1234567, "is_bot": True, "first_name": "Pregón", "username": "pregon_bot"}

    def _send_message(self, call: Call) -> dict[str, Any]:
        chat = self._chat(call)
        return self._keep(chat, text=self._text(call))

    def _send_photo(self, call: Call) -> dict[str, Any]:
        chat = self._chat(call)
        photo = self._photo(call, str(call.fields.get("photo", "")), "photo")
        return self._keep(chat, photo=photo, caption=self._caption(call.fields))

    def _send_media_group(self, call: Call) -> list[dict[str, Any]]:
        chat = self._chat(call)
        media = call.fields.get("media", [])
        if not 2 <= len(media) <= 10:
            raise refuse("there must be 2 to 10 media in an album")
        group = str(next(self._numbers))
        checked = [
            (self._photo(call, item["media"], item["media"].removeprefix("attach://")), self._caption(item))
            for item in media
        ]
        return [
            self._keep(chat, photo=photo, caption=caption, media_group_id=group) for photo, caption in checked
        ]

    def _edit_text(self, call: Call) -> dict[str, Any]:
        text = self._text(call)
        if "text" not in self._to_edit(call):
            raise RefusalError(recorded("no_text_to_edit"))
        return self._edit(call, text=text)

    def _edit_caption(self, call: Call) -> dict[str, Any]:
        caption = self._caption(call.fields)
        if "photo" not in self._to_edit(call):
            raise RefusalError(recorded("no_caption_to_edit"))
        return self._edit(call, caption=caption)

    def _edit_media(self, call: Call) -> dict[str, Any]:
        """A text gets the photo, too; no photo becomes a text again."""
        item = call.fields["media"]
        photo = self._photo(call, item["media"], item["media"].removeprefix("attach://"))
        edited = self._edit(call, photo=photo, caption=self._caption(item))
        self.messages[self._place(call)].pop("text", None)
        return edited

    def _to_edit(self, call: Call) -> dict[str, Any]:
        if (message := self.messages.get(self._place(call))) is None:
            raise RefusalError(recorded("message_to_edit_not_found"))
        if not self.may_edit:
            raise RefusalError(recorded("cannot_be_edited"))
        return message

    def _edit(self, call: Call, **content: Any) -> dict[str, Any]:
        message = self._to_edit(call)
        if message == message | content:
            raise RefusalError(recorded("not_modified"))
        message |= content
        return message | {"edit_date": 1795000060}

    def _delete(self, call: Call) -> bool:
        if self._place(call) not in self.messages:
            raise RefusalError(recorded("message_to_delete_not_found"))
        if not self.may_delete:
            raise RefusalError(recorded("cannot_be_deleted"))
        del self.messages[self._place(call)]
        return True

    def _get_updates(self, call: Call) -> list[dict[str, Any]]:
        if self.webhook:
            raise RefusalError(recorded("webhook_is_active"))
        # Asking from a number on says that everything before it was taken care of.
        offset = int(call.fields.get("offset", 0))
        self._updates = [update for update in self._updates if update["update_id"] >= offset]
        return self._updates[: int(call.fields.get("limit", 100))]

    def _set_webhook(self, call: Call) -> bool:
        url = str(call.fields.get("url", ""))
        if url and not url.startswith("https://"):
            raise refuse("bad webhook: An HTTPS URL must be provided for webhook")
        self.webhook, self.webhook_secret = url, str(call.fields.get("secret_token", ""))
        return True

    def _delete_webhook(self, call: Call) -> bool:
        self.webhook = self.webhook_secret = ""
        return True

    # --- Rules ------------------------------------------------------------------------------------------

    def _chat(self, call: Call) -> dict[str, Any]:
        asked = str(call.fields.get("chat_id", ""))
        if asked not in self.chats:
            raise RefusalError(recorded("chat_not_found"))
        if asked in self.blocked:
            raise RefusalError(recorded("blocked_by_the_user"))
        return self.chats[asked]

    def _place(self, call: Call) -> tuple[str, int]:
        return str(self._chat(call)["id"]), int(call.fields.get("message_id", 0))

    def _seen(self, text: str, fields: dict[str, Any]) -> str:
        if fields.get("parse_mode", "").upper() != "HTML":
            return text.strip()
        try:
            return plain(text).strip()
        except MarkupError as fault:
            raise refuse(f"can't parse entities: {fault}") from fault

    def _text(self, call: Call) -> str:
        seen = self._seen(str(call.fields.get("text", "")), call.fields)
        if not seen:
            raise RefusalError(recorded("text_is_empty"))
        if length(seen) > TEXT_LIMIT:
            raise RefusalError(recorded("message_too_long"))
        return seen

    def _caption(self, fields: dict[str, Any]) -> str:
        seen = self._seen(str(fields.get("caption", "")), fields)
        if length(seen) > CAPTION_LIMIT:
            raise RefusalError(recorded("caption_too_long"))
        return seen

    def _photo(self, call: Call, named: str, attached: str) -> list[dict[str, Any]]:
        content = call.files.get(attached)
        if content is None and named in self.photos:  # one that was uploaded before
            return [{"file_id": named, "width": 1280, "height": 853}]
        if content is None and not named.startswith(("http://", "https://")):
            raise refuse("there is no photo in the request")
        if content is not None and not content.startswith(FIRST_BYTES):
            raise refuse("IMAGE_PROCESS_FAILED")
        if content is not None and len(content) > PHOTO_LIMIT:
            raise RefusalError({"ok": False, "error_code": 413, "description": "Request Entity Too Large"})
        self.photos[kept := f"photo-{next(self._numbers)}"] = content or b""
        return [{"file_id": kept, "width": 1280, "height": 853}]

    def _keep(self, chat: dict[str, Any], **content: Any) -> dict[str, Any]:
        message = {"message_id": next(self._numbers), "chat": chat, "date": 1795000000, **content}
        self.messages[str(chat["id"]), message["message_id"]] = message
        return message


def read(request: Request, *, method: str, query: str) -> Call:
    """The call in any of the four ways that Telegram accepts: query, form, JSON, multipart."""
    form, files = form_of(request)
    fields: dict[str, Any] = dict(parse_qsl(query)) | form
    if isinstance(fields.get("media"), str):
        fields["media"] = json.loads(fields["media"])
    return Call(method=method, fields=fields, files=files)


@contextmanager
def telegram_serving() -> Iterator[TelegramApi]:
    api = TelegramApi()
    with serving(api.answer) as url:
        api.url = url
        yield api
