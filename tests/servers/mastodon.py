"""A double of a Mastodon server: it keeps the limits it tells of, knows keys, works on photos and counts calls."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import count
from typing import Any

from servers.http import Answer, Request, serving

TOKEN = "a-token-of-the-tests"
FIRST_BYTES = (b"\xff\xd8\xff", b"\x89PNG", b"RIFF")


@dataclass(slots=True, kw_only=True)
class Post:
    """What stands on the account."""

    text: str
    media: list[str]
    visibility: str
    language: str
    answers: str | None
    edits: int = 0


@dataclass(slots=True, kw_only=True)
class Photo:
    """An upload. ``looks`` is how often it is still in the making."""

    description: str
    content: bytes
    looks: int


class RefusalError(Exception):
    """The answer that ends a call early."""

    def __init__(self, status: int, said: str, **headers: str) -> None:
        super().__init__(said)
        self.status = status
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


@dataclass(slots=True)
class MastodonServer:
    """``posts`` and ``photos`` by their number; ``calls`` in order, as «METHOD /path»."""

    url: str = ""
    token: str = TOKEN
    username: str = "comunicacion"
    characters: int = 500
    edits: bool = True
    second: bool = True
    looks: int = 0
    kinds: list[str] = field(default_factory=lambda: ["image/jpeg", "image/png", "image/webp"])
    posts: dict[str, Post] = field(default_factory=dict)
    photos: dict[str, Photo] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    #: Answers to the next posts in the place of the true one: a status, or "lost" once the post is done.
    script: list[int | str] = field(default_factory=list)
    reset: str = ""
    #: How many photos are taken before it asks to wait.
    uploads: int = 30
    _keys: dict[str, str] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: count(114_000))

    def answer(self, request: Request) -> Answer:
        path = request.path.partition("?")[0]
        self.calls.append(f"{request.method} {path}")
        self.headers.append(dict(request.headers))
        try:
            status, told, lost = self._answer(request, path)
        except RefusalError as refusal:
            return told_as(refusal.status, {"error": str(refusal)}, refusal.headers)
        return Answer(hang_up=True) if lost else told_as(status, told, {})

    def _answer(self, request: Request, path: str) -> tuple[int, Any, bool]:
        match request.method, path.removeprefix("/api/").split("/"):
            case "GET", ["v2", "instance"] if self.second:
                return 200, self._instance(), False
            case "GET", ["v1", "instance"]:
                return 200, {"uri": "mastodon.test", "max_toot_chars": self.characters}, False
        if request.headers.get("authorization") != f"Bearer {self.token}":
            raise RefusalError(401, "The access token is invalid")
        match request.method, path.removeprefix("/api/").split("/"):
            case "GET", ["v1", "accounts", "verify_credentials"]:
                return 200, {"id": "1", "username": self.username, "acct": self.username}, False
            case "POST", ["v2", "media"]:
                return *self._upload(request), False
            case "GET", ["v1", "media", number] if number in self.photos:
                return *self._look(number), False
            case "POST", ["v1", "statuses"]:
                return self._publish(request)
            case "PUT", ["v1", "statuses", number] if self.edits and number in self.posts:
                content = self._checked(request.json())
                post = self.posts[number]
                post.text, post.media, post.edits = (
                    content["status"],
                    content.get("media_ids", []),
                    post.edits + 1,
                )
                return 200, self._told(number), False
            case "DELETE", ["v1", "statuses", number] if number in self.posts:
                told = self._told(number)
                del self.posts[number]
                return 200, told, False
        raise RefusalError(404, "Record not found")

    # --- What it does ---

    def _instance(self) -> dict[str, Any]:
        return {
            "domain": "mastodon.test",
            "version": "4.5.0",
            "configuration": {
                "statuses": {
                    "max_characters": self.characters,
                    "max_media_attachments": 4,
                    "characters_reserved_per_url": 23,
                },
                "media_attachments": {
                    "description_limit": 1500,
                    "supported_mime_types": self.kinds,
                    "image_size_limit": 16_777_216,
                    "image_matrix_limit": 33_177_600,
                },
            },
        }

    def _upload(self, request: Request) -> tuple[int, Any]:
        if self.uploads == 0:
            raise RefusalError(429, "Too many requests", X_RateLimit_Reset=self.reset)
        self.uploads -= 1
        parts = parts_of(request)
        if not parts["file"].startswith(FIRST_BYTES):
            raise RefusalError(
                422, "Validation failed: File has contents that are not what they are reported to be"
            )
        number = str(next(self._numbers))
        self.photos[number] = Photo(
            description=parts["description"].decode(), content=parts["file"], looks=self.looks
        )
        return (202 if self.looks else 200), {"id": number, "type": "image", "url": None}

    def _look(self, number: str) -> tuple[int, Any]:
        photo = self.photos[number]
        photo.looks = max(0, photo.looks - 1)
        return (206 if photo.looks else 200), {"id": number, "type": "image"}

    def _publish(self, request: Request) -> tuple[int, Any, bool]:
        planned = self.script.pop(0) if self.script else None
        if planned == 429:
            raise RefusalError(
                429,
                "Too many requests",
                X_RateLimit_Limit="300",
                X_RateLimit_Remaining="0",
                X_RateLimit_Reset=self.reset,
            )
        if isinstance(planned, int):
            raise RefusalError(planned, "As the test asked")
        key = request.headers.get("idempotency-key") or f"none-{next(self._numbers)}"
        if key not in self._keys:
            content = self._checked(request.json())
            number = str(next(self._numbers))
            self.posts[number] = Post(
                text=content["status"],
                media=content.get("media_ids", []),
                visibility=content.get("visibility", "public"),
                language=content.get("language", ""),
                answers=content.get("in_reply_to_id"),
            )
            self._keys[key] = number
        return 200, self._told(self._keys[key]), planned == "lost"

    def _checked(self, content: dict[str, Any]) -> dict[str, Any]:
        if seen(content["status"]) > self.characters:
            raise RefusalError(422, f"Validation failed: Text character limit of {self.characters} exceeded")
        if (answered := content.get("in_reply_to_id")) and answered not in self.posts:
            raise RefusalError(404, "The post you are trying to reply to does not appear to exist.")
        if any(self.photos[media].looks for media in content.get("media_ids", [])):
            raise RefusalError(
                422, "Cannot attach files that have not finished processing. Try again in a moment!"
            )
        return content

    def _told(self, number: str) -> dict[str, Any]:
        return {
            "id": number,
            "url": f"https://mastodon.test/@{self.username}/{number}",
            "visibility": "public",
        }


def seen(text: str) -> int:
    """How long a text is where every address is 23 letters long."""
    return len(re.sub(r"https?://[^\s]+", 23 * "x", text))


def told_as(status: int, told: Any, headers: dict[str, str]) -> Answer:
    return Answer(
        status=status, body=json.dumps(told).encode(), headers={"Content-Type": "application/json", **headers}
    )


def parts_of(request: Request) -> dict[str, bytes]:
    whole = message_from_bytes(
        f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode() + request.body, policy=policy.HTTP
    )
    parts = {}
    for piece in whole.iter_parts():
        assert isinstance(piece, EmailMessage)
        content = piece.get_payload(decode=True)
        assert isinstance(content, bytes)
        parts[str(piece.get_param("name", header="content-disposition"))] = content
    return parts


@contextmanager
def mastodon_serving() -> Iterator[MastodonServer]:
    server = MastodonServer()
    with serving(server.answer) as url:
        server.url = url
        yield server
