"""A double of the X API v2 that checks every signature, keeps X's limits and remembers what stands on the account.

It weighs a text with its own rules, wraps links as X does, and names its problems in the shapes of X's reference. A
request whose signature is not that of the keys it knows is nobody's.
"""

from __future__ import annotations

import hmac
import json
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from html import escape
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import regex

from servers.http import Answer, Request, serving

LIMIT = 280
PHOTO_LIMIT = 5 * 1024 * 1024
ALT_LIMIT = 1000
FIRST_BYTES = (b"\xff\xd8\xff", b"\x89PNG", b"RIFF")
LIGHT = "[\u0000-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]"
PROBLEMS = "https://api.twitter.com/2/problems/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call that was rightly signed: what was asked, and its JSON or form with the files in it."""

    method: str
    path: str
    body: dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Photo:
    """An upload, and its description once it has one."""

    content: bytes
    alt: str = ""


@dataclass(slots=True, kw_only=True)
class Post:
    """What stands on the account, as it was sent and as it is shown."""

    sent: str
    shown: str
    media: list[str] = field(default_factory=list)
    below: str = ""


class ProblemError(Exception):
    """The answer that ends a call early."""

    def __init__(self, status: int, detail: str, *, kind: str = "", title: str = "", **more: Any) -> None:
        super().__init__(detail)
        self.status = status
        self.told = {
            "title": title
            or {401: "Unauthorized", 403: "Forbidden", 429: "Too Many Requests"}.get(status, ""),
            "detail": detail,
            "type": PROBLEMS + kind if kind else "about:blank",
            "status": status,
            **more,
        }


class XApi:
    """``calls`` holds everything asked for; ``posts`` what the public reads now, by number, the newest last."""

    def __init__(self) -> None:
        self.url = ""
        self.keys = {
            "api_key": "a-key-of-the-tests",
            "api_key_secret": "its secret & more",
            "access_token": "1234567-a-token",
            "access_token_secret": "its+secret~too",
        }
        self.user = {"id": "1234567", "name": "Comunicación Social", "username": "muestra"}
        self.access = "read-write"
        self.replies = True
        self.calls: list[Call] = []
        self.posts: dict[str, Post] = {}
        self.photos: dict[str, Photo] = {}
        self._problems: list[ProblemError] = []
        self._silence = 0
        self._spent: dict[str, int] = {}
        self._nonces: set[str] = set()
        self._numbers = count(1980000000000000041)

    # --- What a test arranges ---------------------------------------------------------------------------

    def spend(self, budget: str = "x-rate-limit", *, seconds: int) -> None:
        """The budget is used up; it begins again in so many seconds."""
        self._spent[budget] = int(time.time()) + seconds

    def refuse(self, status: int, detail: str, **problem: Any) -> None:
        """The next call is answered with this problem."""
        self._problems.append(ProblemError(status, detail, **problem))

    def deplete(self) -> None:
        self.refuse(
            402,
            "Your enrolled account [1234567] does not have any credits to fulfill this request.",
            kind="credits",
            title="CreditsDepleted",
        )

    def fail(self, times: int = 1) -> None:
        """The next calls are met by a gateway's error page instead of an answer."""
        self._silence = times

    def asked(self) -> list[str]:
        return [f"{call.method} {urlsplit(call.path).path}" for call in self.calls]

    # --- The service ------------------------------------------------------------------------------------

    def answer(self, request: Request) -> Answer:
        if self._silence:
            self._silence -= 1
            return Answer(
                status=503, body=b"<html>Over capacity</html>", headers={"Content-Type": "text/html"}
            )
        try:
            status, told = self._answer(request)
        except ProblemError as problem:
            status, told = problem.status, problem.told
        return Answer(
            status=status,
            body=json.dumps(told, ensure_ascii=False).encode(),
            headers={"Content-Type": "application/json", "x-access-level": self.access, **self._budgets()},
        )

    def _answer(self, request: Request) -> tuple[int, dict[str, Any]]:
        self._authorize(request)
        call = Call(method=request.method, path=request.path, body=read(request))
        self.calls.append(call)
        if self._spent:
            raise ProblemError(429, "Too Many Requests")
        if self._problems:
            raise self._problems.pop(0)
        if request.method != "GET" and self.access == "read":
            raise ProblemError(
                403,
                "Your client app is not configured with the appropriate oauth1 app permissions for this endpoint.",
                kind="oauth1-permissions",
            )
        match request.method, urlsplit(request.path).path.strip("/").split("/")[1:]:
            case "GET", ["users", "me"]:
                return 200, {"data": self.user}
            case "GET", ["users", _, "tweets"]:
                return 200, self._timeline(request)
            case "POST", ["tweets"]:
                return 201, self._create(call)
            case "DELETE", ["tweets", number]:
                return 200, self._remove(number)
            case "POST", ["media", "upload"]:
                return 200, self._upload(call)
            case "POST", ["media", "metadata"]:
                return 200, self._describe(call)
        raise ProblemError(404, "Not Found")

    def _budgets(self) -> dict[str, str]:
        headers = {"x-rate-limit-limit": "100", "x-rate-limit-remaining": "99"}
        headers["x-rate-limit-reset"] = str(int(time.time()) + 900)
        for budget, reset in self._spent.items():
            headers |= {f"{budget}-limit": "17", f"{budget}-remaining": "0", f"{budget}-reset": str(reset)}
        return headers

    def _create(self, call: Call) -> dict[str, Any]:
        text, below = (
            str(call.body.get("text", "")),
            str(call.body.get("reply", {}).get("in_reply_to_tweet_id", "")),
        )
        media = list(call.body.get("media", {}).get("media_ids", []))
        if not text and not media:
            raise ProblemError(
                400, "One or more parameters to your request was invalid.", kind="invalid-request"
            )
        if weight(text) > LIMIT:
            raise ProblemError(403, "Your Tweet text is too long.")
        if set(media) - set(self.photos):
            raise ProblemError(400, "Your media IDs are invalid.", kind="invalid-request")
        if below and (not self.replies or below not in self.posts):
            raise ProblemError(403, "Reply to this conversation is not allowed.")
        if text in {post.sent for post in self.posts.values()}:
            raise ProblemError(403, "You are not allowed to create a Tweet with duplicate content.")
        number = str(next(self._numbers))
        shown = escape(regex.sub(r"https?://\S+", "https://t.co/AbCdEfGhIj", text), quote=False)
        shown += " https://t.co/KlMnOpQrSt" if media else ""
        self.posts[number] = Post(sent=text, shown=shown, media=media, below=below)
        return {"data": {"id": number, "text": shown, "edit_history_tweet_ids": [number]}}

    def _remove(self, number: str) -> dict[str, Any]:
        if self.posts.pop(number, None) is None:
            raise ProblemError(
                404, "Could not find tweet.", kind="resource-not-found", title="Not Found Error"
            )
        return {"data": {"deleted": True}}

    def _timeline(self, request: Request) -> dict[str, Any]:
        most = int(dict(parse_qsl(urlsplit(request.path).query)).get("max_results", 10))
        if not 5 <= most <= 100:
            raise ProblemError(400, "The max_results is not between 5 and 100.", kind="invalid-request")
        newest = list(reversed(self.posts.items()))[:most]
        posts = [{"id": number, "text": post.shown} for number, post in newest]
        return (
            {"data": posts, "meta": {"result_count": len(posts)}} if posts else {"meta": {"result_count": 0}}
        )

    def _upload(self, call: Call) -> dict[str, Any]:
        content = call.body.get("media", b"")
        if call.body.get("media_category") != "tweet_image" or not isinstance(content, bytes):
            raise ProblemError(400, "The media_category is not valid.", kind="invalid-request")
        if not content.startswith(FIRST_BYTES) or len(content) > PHOTO_LIMIT:
            raise ProblemError(400, "Media type unrecognized.", kind="invalid-request")
        self.photos[number := str(next(self._numbers))] = Photo(content=content)
        data = {"id": number, "media_key": f"3_{number}", "expires_after_secs": 86400, "size": len(content)}
        return {"data": data}

    def _describe(self, call: Call) -> dict[str, Any]:
        number, words = str(call.body.get("id")), call.body["metadata"]["alt_text"]["text"]
        if number not in self.photos or not 0 < len(words) <= ALT_LIMIT:
            raise ProblemError(400, "The alt_text is not valid.", kind="invalid-request")
        self.photos[number].alt = words
        return {"data": {"id": number, "associated_metadata": {"alt_text": {"text": words}}}}

    # --- Who asks ---------------------------------------------------------------------------------------

    def _authorize(self, request: Request) -> None:
        """The signature, made again from the request as it came in."""
        scheme, _, rest = request.headers.get("authorization", "").partition(" ")
        said = {
            name: unquote(value.strip('"'))
            for name, _, value in (p.strip().partition("=") for p in rest.split(","))
        }
        signature = said.pop("oauth_signature", "")
        place = urlsplit(f"http://{request.headers['host']}{request.path}")
        pairs = [*said.items(), *parse_qsl(place.query, keep_blank_values=True)]
        if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            pairs += parse_qsl(request.body.decode(), keep_blank_values=True)
        sorted_ = "&".join(
            sorted(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in pairs)
        )
        parts = (request.method, f"http://{place.netloc}{place.path}", sorted_)
        base = "&".join(quote(part, safe="~") for part in parts)
        key = "&".join(quote(self.keys[name], safe="~") for name in ("api_key_secret", "access_token_secret"))
        good = b64encode(hmac.digest(key.encode(), base.encode(), "sha1")).decode()
        known = (said.get("oauth_consumer_key"), said.get("oauth_token"))
        fresh = abs(int(said.get("oauth_timestamp", 0)) - time.time()) < 300
        if (
            scheme != "OAuth"
            or known != (self.keys["api_key"], self.keys["access_token"])
            or not hmac.compare_digest(signature, good)
            or not fresh
            or said.get("oauth_nonce", "") in self._nonces | {""}
        ):
            raise ProblemError(401, "Unauthorized")
        self._nonces.add(said["oauth_nonce"])


def weight(text: str) -> int:
    """X's weighing: a link 23, a seen emoji 2, a letter of its light ranges 1, any other 2."""
    bare, links = regex.subn(r"https?://\S+", "", text)
    pieces = regex.findall(r"\X", regex.sub(r"\s", " ", bare))
    return 23 * links + sum(
        2
        if regex.match(r"\p{Extended_Pictographic}|.\ufe0f?\u20e3|\p{Regional_Indicator}", piece)
        else sum(1 if regex.match(LIGHT, letter) else 2 for letter in piece)
        for piece in pieces
    )


def read(request: Request) -> dict[str, Any]:
    kind = request.headers.get("content-type", "")
    if kind.startswith("application/json"):
        told: dict[str, Any] = request.json()
        return told
    if not kind.startswith("multipart/form-data"):
        return {}
    whole = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + request.body, policy=policy.HTTP)
    body: dict[str, Any] = {}
    for part in whole.iter_parts():
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        name = str(part.get_param("name", header="content-disposition"))
        body[name] = content if part.get_filename() else content.decode()
    return body


@contextmanager
def x_serving() -> Iterator[XApi]:
    api = XApi()
    with serving(api.answer) as url:
        api.url = url
        yield api
