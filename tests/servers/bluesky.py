"""A double of a Bluesky server: sessions that end, blobs, and records held to the lexicon of a post.

It answers in the shapes of the protocol's lexicons and of the real server, against which ``tests/peers`` runs the same
channel. It counts letters with a counter of its own.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from base64 import b32encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import regex

from servers.http import Answer, Request, serving

POSTS = "app.bsky.feed.post"
TID = re.compile(r"[234567a-j][234567a-z]{12}")
LONGEST, LONGEST_BYTES, HEAVIEST = 300, 3000, 2_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call: its method's name, and its JSON, its query or its bytes."""

    method: str
    body: Any


class FaultError(Exception):
    """The answer that ends a call early."""

    def __init__(self, name: str, message: str = "", *, status: int = 400) -> None:
        super().__init__(message)
        self.status = status
        self.told = {"error": name, "message": message or name}


class Pds:
    """``calls`` holds everything asked for; ``records`` what stands in the account's repository, by key."""

    def __init__(self) -> None:
        self.url = ""
        self.did = "did:plc:7muestra7muestra7muestra"
        self.handle = "muestra.example"
        self.password = "abcd-efgh-ijkl-mnop"
        self.status = ""
        self.calls: list[Call] = []
        self.records: dict[str, dict[str, Any]] = {}
        self.blobs: dict[str, bytes] = {}
        self._tokens: dict[str, str] = {}
        self._faults: list[FaultError] = []
        self._silence = 0
        self._reset = 0
        self._numbers = count(1)

    # --- What a test arranges ---------------------------------------------------------------------------

    def expire(self, *, wholly: bool = False) -> None:
        """The access token ends; ``wholly`` with the one that would renew it."""
        self._tokens = (
            {} if wholly else {token: kind for token, kind in self._tokens.items() if kind == "refresh"}
        )

    def spend(self, *, seconds: int) -> None:
        """The budget of calls is used up; it begins again in so many seconds."""
        self._reset = int(time.time()) + seconds

    def refuse(self, name: str, message: str = "", *, status: int = 400, times: int = 1) -> None:
        """The next calls with a session are answered with this error."""
        self._faults += [FaultError(name, message, status=status)] * times

    def fail(self, times: int = 1) -> None:
        """The next calls are met by a gateway's error page instead of an answer."""
        self._silence = times

    def asked(self) -> list[str]:
        return [call.method.rpartition(".")[2] for call in self.calls]

    # --- The service ------------------------------------------------------------------------------------

    def answer(self, request: Request) -> Answer:
        if self._silence:
            self._silence -= 1
            return Answer(status=502, body=b"<html>Bad Gateway</html>", headers={"Content-Type": "text/html"})
        try:
            status, told = 200, self._answer(request)
        except FaultError as fault:
            status, told = fault.status, fault.told
        reset = str(self._reset or int(time.time()) + 300)
        headers = {"RateLimit-Limit": "3000", "RateLimit-Reset": reset, "RateLimit-Policy": "3000;w=300"}
        headers["RateLimit-Remaining"] = "0" if self._reset else "2999"
        body = json.dumps(told, ensure_ascii=False).encode()
        return Answer(status=status, body=body, headers={"Content-Type": "application/json", **headers})

    def _answer(self, request: Request) -> dict[str, Any]:
        place = urlsplit(request.path)
        method = place.path.removeprefix("/xrpc/")
        kind = request.headers.get("content-type", "")
        body = request.json() if kind == "application/json" else request.body or dict(parse_qsl(place.query))
        self.calls.append(Call(method=method, body=body))
        if self._reset:
            raise FaultError("RateLimitExceeded", "Rate Limit Exceeded", status=429)
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        match method:
            case "com.atproto.server.createSession":
                return self._create_session(body)
            case "com.atproto.server.refreshSession":
                self._let_in(token, "refresh")
                return self._session()
        self._let_in(token, "access")
        if self._faults:
            raise self._faults.pop(0)
        match method:
            case "com.atproto.repo.uploadBlob":
                return self._upload(kind, body)
            case "com.atproto.repo.putRecord":
                return self._put(body)
            case "com.atproto.repo.getRecord":
                return self._get(body)
            case "com.atproto.repo.deleteRecord":
                self.records.pop(body["rkey"], None)
                return {}
        raise FaultError("MethodNotImplemented", "Method Not Implemented", status=501)

    def _create_session(self, body: dict[str, str]) -> dict[str, Any]:
        if (body["identifier"], body["password"]) != (self.handle, self.password):
            raise FaultError("AuthenticationRequired", "Invalid identifier or password", status=401)
        return self._session()

    def _session(self) -> dict[str, Any]:
        tokens = {kind: f"{kind}-{next(self._numbers)}" for kind in ("access", "refresh")}
        self._tokens |= {token: kind for kind, token in tokens.items()}
        told: dict[str, Any] = {
            "did": self.did,
            "handle": self.handle,
            "accessJwt": tokens["access"],
            "refreshJwt": tokens["refresh"],
            "active": not self.status,
        }
        return told | {"status": self.status} if self.status else told

    def _let_in(self, token: str, kind: str) -> None:
        if not token:
            raise FaultError("AuthMissing", "Authentication Required", status=401)
        if self._tokens.get(token) != kind:
            raise FaultError("ExpiredToken", "Token has expired")

    def _upload(self, kind: str, content: bytes) -> dict[str, Any]:
        reference = cid_of(content)
        self.blobs[reference] = content
        return {
            "blob": {"$type": "blob", "ref": {"$link": reference}, "mimeType": kind, "size": len(content)}
        }

    def _put(self, body: dict[str, Any]) -> dict[str, Any]:
        key, record = body["rkey"], body["record"]
        if body["repo"] != self.did or body["collection"] != POSTS or not TID.fullmatch(key):
            raise FaultError("InvalidRequest", "Invalid record key")
        self._hold_to_lexicon(record)
        if "swapRecord" in body and body["swapRecord"] is None and key in self.records:
            raise FaultError("InvalidSwap", "Record was at another revision")
        self.records[key] = record
        return self._found(key)

    def _get(self, body: dict[str, Any]) -> dict[str, Any]:
        if body["rkey"] not in self.records:
            raise FaultError("RecordNotFound", "Could not locate record")
        return self._found(body["rkey"])

    def _found(self, key: str) -> dict[str, Any]:
        record = self.records[key]
        return {
            "uri": f"at://{self.did}/{POSTS}/{key}",
            "cid": cid_of(json.dumps(record, sort_keys=True).encode()),
            "value": record,
        }

    def _hold_to_lexicon(self, record: dict[str, Any]) -> None:
        text = record["text"]
        if len(regex.findall(r"\X", text)) > LONGEST:
            raise FaultError("InvalidRequest", "text must not be longer than 300 graphemes")
        if len(text.encode()) > LONGEST_BYTES:
            raise FaultError("InvalidRequest", "text must not be longer than 3000 bytes")
        for one in record.get("facets", []):
            start, end = one["index"]["byteStart"], one["index"]["byteEnd"]
            if not 0 <= start < end <= len(text.encode()):
                raise FaultError("InvalidRequest", "index is out of range")
            text.encode()[start:end].decode()
        embed = record.get("embed", {})
        for image in embed.get("images", []):
            blob = image["image"]
            if blob["ref"]["$link"] not in self.blobs:
                raise FaultError("BlobNotFound", "Could not find blob")
            if blob["size"] > HEAVIEST:
                raise FaultError("BlobTooLarge", "This file is too large.")
            if not blob["mimeType"].startswith("image/"):
                raise FaultError("InvalidMimeType", "Wrong type of file.")


def cid_of(content: bytes) -> str:
    """A content identifier, of version 1 and SHA-256 as in a repository."""
    raw = b"\x01\x71\x12\x20" + hashlib.sha256(content).digest()
    return "b" + b32encode(raw).decode().lower().rstrip("=")


@contextmanager
def pds_serving() -> Iterator[Pds]:
    server = Pds()
    with serving(server.answer) as url:
        server.url = url
        yield server
