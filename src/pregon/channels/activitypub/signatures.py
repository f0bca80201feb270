"""Who asks, proved by a signature over the head of a request: HTTP signatures as the fediverse speaks them.

Servers sign as draft-cavage-http-signatures says, with RSA and SHA-256: over the path, the host, the date and, where
there is a body, its digest. Whatever leaves one of these out proves nothing, and is not taken.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache
from typing import Self
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_pem_public_key,
)

BITS, EXPONENT = 2048, 65537
#: How far a date may lie from ours: clocks differ, and a request may stand in a queue after it was signed.
WINDOW = timedelta(hours=1)
ALGORITHMS = frozenset({"", "rsa-sha256", "hs2019"})
TARGET = "(request-target)"
MUST = frozenset({TARGET, "host", "date"})
FRAME = re.compile(r"-----[A-Z ]+-----|\s")
PART = re.compile(r'(\w+)="([^"]*)"')


class Unsigned(ValueError):
    """The request does not prove who asks."""


# --- Keys ---------------------------------------------------------------------------------------------------


def draw() -> str:
    """A new private key."""
    key = generate_private_key(public_exponent=EXPONENT, key_size=BITS)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")


@lru_cache(maxsize=4)
def key_in(text: str) -> RSAPrivateKey:
    """Raises ``ValueError`` for what is no private key that others take. A PEM that lost its line breaks in a form is
    one."""
    try:
        key = load_der_private_key(base64.b64decode(FRAME.sub("", text), validate=True), password=None)
    except (UnsupportedAlgorithm, TypeError) as other:
        raise ValueError("The private key is of another kind, or locked.") from other
    if not isinstance(key, RSAPrivateKey) or key.key_size < BITS:
        raise ValueError("The private key is an RSA key of 2048 bits or more.")
    return key


@lru_cache(maxsize=4)
def public_half(private: str) -> str:
    public = key_in(private).public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")


# --- Ours ---------------------------------------------------------------------------------------------------


def signed(
    method: str, url: str, *, body: bytes | None = None, key: str, key_id: str, at: datetime
) -> dict[str, str]:
    """The headers with which a request proves to be ours."""
    address = urlsplit(url)
    target = (address.path or "/") + (f"?{address.query}" if address.query else "")
    headers = {"Host": address.netloc, "Date": format_datetime(at.astimezone(UTC), usegmt=True)}
    if body is not None:
        headers["Digest"] = digest_of(body)
    named = {name.lower(): value for name, value in headers.items()}
    names = [TARGET, *named]
    made = key_in(key).sign(text_of(names, method, target, named), PKCS1v15(), SHA256())
    headers["Signature"] = (
        f'keyId="{key_id}",algorithm="rsa-sha256",headers="{" ".join(names)}",'
        f'signature="{base64.b64encode(made).decode("ascii")}"'
    )
    return headers


def digest_of(body: bytes) -> str:
    return "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode("ascii")


# --- Theirs -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What a ``Signature`` header says, with the text that it stands under."""

    key_id: str
    text: bytes
    made: bytes
    at: datetime

    @classmethod
    def of(cls, method: str, target: str, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Self:
        """Everything but whose it is. Raises :class:`Unsigned`."""
        said = dict(PART.findall(headers.get("signature", "")))
        names = said.get("headers", "date").lower().split()
        must = MUST | {"digest"} if body else MUST
        if not must <= set(names) or said.get("algorithm", "").lower() not in ALGORITHMS:
            raise Unsigned("The signature leaves out what it must stand for.")
        if any(name != TARGET and name not in headers for name in names):
            raise Unsigned("The signature stands for a header that is not there.")
        if body and not is_digest(headers["digest"], body):
            raise Unsigned("The body is not the one that was signed.")
        return cls(
            key_id=said.get("keyId", ""),
            text=text_of(names, method, target, headers),
            made=bytes_in(said.get("signature", "")),
            at=moment_in(headers["date"], now=now),
        )

    def is_by(self, public: str) -> bool:
        """Whether the holder of this key made it."""
        try:
            key = load_pem_public_key(public.encode())
            if not isinstance(key, RSAPublicKey) or key.key_size < BITS:
                return False
            key.verify(self.made, self.text, PKCS1v15(), SHA256())
        except (InvalidSignature, UnsupportedAlgorithm, ValueError):
            return False
        return True


def text_of(names: Sequence[str], method: str, target: str, headers: Mapping[str, str]) -> bytes:
    values = {**headers, TARGET: f"{method.lower()} {target}"}
    return "\n".join(f"{name}: {values[name]}" for name in names).encode()


def is_digest(said: str, body: bytes) -> bool:
    """Whether one of the digests in a header is that of ``body``."""
    ours = digest_of(body).partition("=")[2]
    for one in said.split(","):
        name, _equals, value = one.strip().partition("=")
        if name.lower() == "sha-256" and hmac.compare_digest(value.encode(), ours.encode()):
            return True
    return False


def bytes_in(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as bad:
        raise Unsigned("The signature is not base64.") from bad


def moment_in(date: str, *, now: datetime) -> datetime:
    try:
        moment = parsedate_to_datetime(date)
    except ValueError as bad:
        raise Unsigned("The date is none.") from bad
    moment = moment.replace(tzinfo=moment.tzinfo or UTC)
    if abs(moment - now) > WINDOW:
        raise Unsigned("The date is too far from ours.")
    return moment
