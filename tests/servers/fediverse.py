"""A server of the fediverse with people on it: it reads signatures on its own, keeps what it is told and signs letters.

Its reading and making of signatures share nothing with ours, so that a mistake of ours is not made twice.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from servers.http import Answer, Request, serving

CONTEXT = ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"]


@lru_cache(maxsize=4)
def key_of(name: str) -> rsa.RSAPrivateKey:
    """Somebody's key, drawn once for all tests."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_pem(name: str) -> str:
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    return key_of(name).public_key().public_bytes(serialization.Encoding.PEM, spki).decode()


@dataclass(slots=True)
class Fediverse:
    """``calls`` in order, as «METHOD /path status»; ``notes`` as its people see them; ``heard`` by id, each once."""

    url: str = ""
    people: set[str] = field(default_factory=lambda: {"vecina"})
    #: Public keys in PEM of those who may write to it, by name.
    keys: dict[str, str] = field(default_factory=dict)
    shared: bool = True
    #: Tells who somebody is only to those who sign.
    secure: bool = False
    #: What is said of somebody in the place of the truth.
    told: dict[str, Any] = field(default_factory=dict)
    #: Answers to the next letters: a status, or "lost" once it was taken.
    script: list[int | str] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)
    retry_after: str = ""
    calls: list[str] = field(default_factory=list)
    heard: dict[str, dict[str, Any]] = field(default_factory=dict)
    notes: dict[str, dict[str, Any]] = field(default_factory=dict)

    # --- Who is there ---

    def id_of(self, name: str) -> str:
        return f"{self.url}/users/{name}"

    def actor(self, name: str) -> dict[str, Any]:
        id_ = self.id_of(name)
        shared = {"endpoints": {"sharedInbox": f"{self.url}/inbox"}} if self.shared else {}
        key = {"id": f"{id_}#main-key", "owner": id_, "publicKeyPem": public_pem(name)}
        told = {"@context": CONTEXT, "id": id_, "type": "Person", "preferredUsername": name, "publicKey": key}
        return told | {"inbox": f"{id_}/inbox", "outbox": f"{id_}/outbox"} | shared | self.told

    # --- Answering ---

    def answer(self, request: Request) -> Answer:
        answer = self._told(request) if request.method == "GET" else self._taken(request)
        status = "lost" if answer.hang_up else answer.status
        self.calls.append(f"{request.method} {request.path} {status}")
        return answer

    def _told(self, request: Request) -> Answer:
        name = request.path.rpartition("/")[2]
        if self.asked:
            return Answer(status=self.asked.pop(0), headers={"Retry-After": self.retry_after or "60"})
        if name not in self.people:
            return Answer(status=410)
        if self.secure and not self.is_signed(request):
            return Answer(status=401)
        body = json.dumps(self.actor(name)).encode()
        return Answer(body=body, headers={"Content-Type": "application/activity+json"})

    def _taken(self, request: Request) -> Answer:
        said = self.script.pop(0) if self.script else 202
        if isinstance(said, int) and said != 202:
            return Answer(status=said, headers={"Retry-After": self.retry_after} if self.retry_after else {})
        if not self.is_signed(request):
            return Answer(status=401)
        activity = request.json()
        if activity["id"] not in self.heard:
            self.heard[activity["id"]] = activity
            self._follow(activity)
        return Answer(status=202, hang_up=said == "lost")

    def _follow(self, activity: dict[str, Any]) -> None:
        thing = activity["object"]
        if activity["type"] in {"Create", "Update"}:
            self.notes[thing["id"]] = thing
        elif activity["type"] == "Delete":
            self.notes.pop(thing["id"], None)

    def is_signed(self, request: Request) -> bool:
        said = dict(re.findall(r'(\w+)="([^"]*)"', request.headers.get("signature", "")))
        public = self.keys.get(said.get("keyId", ""))
        if public is None:
            return False
        lines = [f"(request-target): {request.method.lower()} {request.path}"]
        names = said["headers"].split()
        if names[0] != "(request-target)" or {"host", "date"} - set(names):
            return False
        lines += [f"{name}: {request.headers[name]}" for name in names[1:]]
        digest = "SHA-256=" + base64.b64encode(hashlib.sha256(request.body).digest()).decode()
        if request.method == "POST" and request.headers.get("digest") != digest:
            return False
        if abs(datetime.now(UTC) - parsedate_to_datetime(request.headers["date"])) > timedelta(hours=12):
            return False
        key = serialization.load_pem_public_key(public.encode())
        assert isinstance(key, rsa.RSAPublicKey)
        made = base64.b64decode(said["signature"])
        try:
            key.verify(made, "\n".join(lines).encode(), padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return False
        return f"host: {self.url.removeprefix('http://')}" in lines

    # --- Writing letters ---

    def follow(self, name: str, office: str, *, number: int = 1) -> dict[str, Any]:
        id_ = self.id_of(name)
        return {
            "@context": CONTEXT[0],
            "id": f"{id_}/{number}",
            "type": "Follow",
            "actor": id_,
            "object": office,
        }

    def undo(self, follow: dict[str, Any]) -> dict[str, Any]:
        return {"id": f"{follow['id']}/undo", "type": "Undo", "actor": follow["actor"], "object": follow}

    def about_oneself(self, kind: str, name: str, thing: Any = None) -> dict[str, Any]:
        """Of a kind that needs no more than an actor and an object: themselves, if nothing else."""
        id_ = self.id_of(name)
        return {"id": f"{id_}#{kind.lower()}", "type": kind, "actor": id_, "object": thing or id_}

    def signed(
        self, letter: dict[str, Any], path: str, *, host: str, by: str = "", at: datetime | None = None
    ) -> tuple[bytes, dict[str, str]]:
        """The letter as it leaves for ``path``: its bytes and its headers. ``by`` is whose key is used and named."""
        signer = by or letter["actor"].rpartition("/")[2]
        body = json.dumps(letter).encode()
        headers = {
            "host": host,
            "date": format_datetime(at or datetime.now(UTC), usegmt=True),
            "digest": "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode(),
            "content-type": "application/activity+json",
        }
        text = f"(request-target): post {path}\n" + "\n".join(
            f"{name}: {said}" for name, said in headers.items()
        )
        made = key_of(signer).sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
        headers["signature"] = (
            f'keyId="{self.id_of(signer)}#main-key",algorithm="rsa-sha256",'
            f'headers="(request-target) host date digest content-type",'
            f'signature="{base64.b64encode(made).decode()}"'
        )
        return body, headers


@contextmanager
def fediverse_serving() -> Iterator[Fediverse]:
    server = Fediverse()
    with serving(server.answer) as url:
        server.url = url
        yield server
