"""A double of a push service (RFC 8030, 8188, 8291, 8292), with the browsers behind it.

It checks the signature as push services do, opens every message with http-ece, keeps what waits for a browser that is
off, and lets a later message of a topic take the place of the one before it.
"""

from __future__ import annotations

import base64
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import http_ece
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from servers.http import Answer, Request, serving

CURVE = ec.SECP256R1()
LARGEST = 4096
LONGEST_TOKEN = 24 * 3600


def coded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One message that was accepted, as its browser reads it."""

    browser: str
    headers: dict[str, str]
    told: dict[str, Any]
    size: int


@dataclass(slots=True, kw_only=True)
class Browser:
    """A browser with its keys. ``application_key`` is whom it lets send."""

    key: ec.EllipticCurvePrivateKey
    secret: bytes
    application_key: str
    gone: bool = False
    #: What waits for it, by topic, or by number without one.
    waiting: dict[str, Taken] = field(default_factory=dict)


class RefusedError(Exception):
    def __init__(self, status: int, errno: int, **headers: str) -> None:
        super().__init__(status)
        self.answer = Answer(
            status=status,
            body=json.dumps({"code": status, "errno": errno}).encode(),
            headers={"Content-Type": "application/json", **headers},
        )


class PushService:
    """``taken`` holds every accepted message in its order; ``asked`` counts all that were tried."""

    def __init__(self) -> None:
        self.url = ""
        self.browsers: dict[str, Browser] = {}
        self.taken: list[Taken] = []
        self.asked = 0
        self._next: list[Answer] = []
        self._numbers = count(1)

    # --- What a test arranges ---------------------------------------------------------------------------

    def subscribe(self, name: str, *, application_key: str) -> str:
        """The address that the browser gives away."""
        browser = Browser(
            key=ec.generate_private_key(CURVE), secret=os.urandom(16), application_key=application_key
        )
        self.browsers[name] = browser
        point = browser.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return f"{self.url}/push/{name}#{coded(point)}.{coded(browser.secret)}"

    def unsubscribe(self, name: str) -> None:
        self.browsers[name].gone = True

    def answer_next(self, status: int, body: bytes = b"", **headers: str) -> None:
        """The next message is answered with this, whatever it is."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._next.append(Answer(status=status, body=body, headers=named))

    # --- The service ------------------------------------------------------------------------------------

    def answer(self, request: Request) -> Answer:
        self.asked += 1
        if self._next:
            return self._next.pop(0)
        try:
            return self._take(request)
        except RefusedError as refused:
            return refused.answer

    def _take(self, request: Request) -> Answer:
        name = request.path.removeprefix("/push/")
        browser = self.browsers.get(name)
        if request.method != "POST" or browser is None:
            raise RefusedError(404, 102)
        if browser.gone:
            raise RefusedError(410, 106)
        if len(request.body) > LARGEST:
            raise RefusedError(413, 104)
        if not request.headers.get("ttl", "").isdecimal():
            raise RefusedError(400, 111)
        if len(request.headers.get("topic", "")) > 32:
            raise RefusedError(400, 113)
        if self._sender(request) != browser.application_key:
            raise RefusedError(403, 109)
        taken = Taken(
            browser=name,
            headers=dict(request.headers),
            told=self._opened(request, browser),
            size=len(request.body),
        )
        number = next(self._numbers)
        self.taken.append(taken)
        browser.waiting[request.headers.get("topic") or str(number)] = taken
        return Answer(
            status=201, headers={"Location": f"{self.url}/m/{number}", "TTL": request.headers["ttl"]}
        )

    def _sender(self, request: Request) -> str:
        """The key of who sends, when its signature holds."""
        scheme, _, rest = request.headers.get("authorization", "").partition(" ")
        given = dict(part.strip().split("=", 1) for part in rest.split(",") if "=" in part)
        try:
            signed, _, signature = given["t"].rpartition(".")
            header, claims = (json.loads(decoded(part)) for part in signed.split("."))
            raw = decoded(signature)
            known = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, decoded(given["k"]))
            known.verify(
                encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")),
                signed.encode(),
                ec.ECDSA(SHA256()),
            )
        except (KeyError, ValueError, InvalidSignature) as bad:
            raise RefusedError(401, 109) from bad
        sound = (
            scheme.lower() == "vapid"
            and header == {"typ": "JWT", "alg": "ES256"}
            and claims["aud"] == self.url
            and time.time() < claims["exp"] < time.time() + LONGEST_TOKEN
            and claims["sub"].startswith(("mailto:", "https:", "http://testserver"))
        )
        if not sound:
            raise RefusedError(401, 109)
        return given["k"]

    def _opened(self, request: Request, browser: Browser) -> dict[str, Any]:
        if request.headers.get("content-encoding") != "aes128gcm":
            raise RefusedError(400, 110)
        try:
            plain = http_ece.decrypt(
                request.body, private_key=browser.key, auth_secret=browser.secret, version="aes128gcm"
            )
        except http_ece.ECEException as bad:
            raise RefusedError(400, 110) from bad
        told: dict[str, Any] = json.loads(plain)
        return told


@contextmanager
def push_serving() -> Iterator[PushService]:
    service = PushService()
    with serving(service.answer) as url:
        service.url = url
        yield service
