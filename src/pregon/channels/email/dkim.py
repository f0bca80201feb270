"""Signs letters, so that whoever receives them knows that they come from the office's domain and were not touched.

RFC 6376 with relaxed canonicalization of head and body, by RSA or by Ed25519 (RFC 8463). Mailboxes that ask for one
click to leave (RFC 8058) believe the headers that say how only inside such a signature.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import time
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_private_key
from django.utils.translation import gettext as _

from pregon.delivery.errors import Misconfigured

#: What a letter may not lose and nobody may change, as far as it has it.
SIGNED = (
    b"from",
    b"to",
    b"reply-to",
    b"subject",
    b"date",
    b"message-id",
    b"in-reply-to",
    b"references",
    b"mime-version",
    b"content-type",
    b"list-id",
    b"list-unsubscribe",
    b"list-unsubscribe-post",
)
#: Said once more than it stands there: whoever adds a second one breaks the signature.
OVERSIGNED = b"from"
FEWEST_BITS = 2048
SELECTOR = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*")
PEM = re.compile(r"-----BEGIN (?:RSA )?PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END (?:RSA )?PRIVATE KEY-----")

LONGEST_LINE = 72


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """A key, and where its public half is published."""

    domain: str
    selector: str
    key: RSAPrivateKey | Ed25519PrivateKey

    def signed(self, letter: bytes) -> bytes:
        """The letter with its signature on top."""
        head, _blank, body = letter.partition(b"\r\n\r\n")
        headers = fields_of(head)
        names = [name for name in SIGNED if name in headers]
        tags = (
            f"v=1; a={self.algorithm}; c=relaxed/relaxed; d={self.domain}; s={self.selector}; t={time.time():.0f};",
            f"h={':'.join(name.decode() for name in (*names, OVERSIGNED))};",
            f"bh={base64.b64encode(hashlib.sha256(relaxed(body)).digest()).decode()};",
            "b=",
        )
        told = b"".join(name + b":" + headers[name] + b"\r\n" for name in names)
        signature = base64.b64encode(self.seal(told + f"dkim-signature:{' '.join(tags)}".encode())).decode()
        lines = [signature[at : at + LONGEST_LINE] for at in range(0, len(signature), LONGEST_LINE)]
        return "\r\n ".join((f"DKIM-Signature: {tags[0]}", *tags[1:])).encode() + (
            "\r\n ".join(lines).encode() + b"\r\n" + letter
        )

    def seal(self, told: bytes) -> bytes:
        if isinstance(self.key, RSAPrivateKey):
            return self.key.sign(told, PKCS1v15(), SHA256())
        return self.key.sign(hashlib.sha256(told).digest())

    @property
    def algorithm(self) -> str:
        return "rsa-sha256" if isinstance(self.key, RSAPrivateKey) else "ed25519-sha256"

    @property
    def name(self) -> str:
        """Where in the DNS the public half stands."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def record(self) -> str:
        """What stands there, as a TXT record."""
        public = self.key.public_key()
        if isinstance(self.key, RSAPrivateKey):
            kind, raw = "rsa", public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        else:
            kind, raw = "ed25519", public.public_bytes(Encoding.Raw, PublicFormat.Raw)
        return f"v=DKIM1; k={kind}; p={base64.b64encode(raw).decode()}"


@lru_cache(maxsize=8)
def signer_of(*, domain: str, selector: str, pem: str) -> Signer:
    """The signer with this key. Raises ``Misconfigured`` for what is no key, or one that nobody trusts any more."""
    if not SELECTOR.fullmatch(selector):
        raise Misconfigured(_("El selector DKIM lleva solo minúsculas sin acento, números y guiones."))
    # A form of one line takes the line breaks away.
    found = PEM.search(pem)
    try:
        key = load_der_private_key(base64.b64decode(found[1]) if found else b"", password=None)
    except (ValueError, TypeError, binascii.Error, UnsupportedAlgorithm) as bad:
        raise Misconfigured(
            _(
                "La clave DKIM no se puede leer: pega el archivo completo, desde BEGIN PRIVATE KEY hasta el final."
            )
        ) from bad
    if isinstance(key, RSAPrivateKey) and key.key_size >= FEWEST_BITS:
        return Signer(domain=domain, selector=selector, key=key)
    if isinstance(key, Ed25519PrivateKey):
        return Signer(domain=domain, selector=selector, key=key)
    raise Misconfigured(_("La clave DKIM debe ser RSA de 2048 bits o más, o Ed25519."))


def fields_of(head: bytes) -> dict[bytes, bytes]:
    """Each header on one line, its spaces as :func:`relaxed` has them."""
    lines = head.replace(b"\r\n ", b" ").replace(b"\r\n\t", b" ").split(b"\r\n")
    named = (line.partition(b":") for line in lines)
    return {name.strip().lower(): b" ".join(value.split()) for name, _colon, value in named}


def relaxed(body: bytes) -> bytes:
    """Spaces at the end of a line and empty lines at the end of the letter do not count, nor does how many stand
    together. Plain replacing is ten times as fast here as any pattern."""
    body = (body + b"\r\n").replace(b"\t", b" ")
    while b"  " in body:
        body = body.replace(b"  ", b" ")
    kept = body.replace(b" \r\n", b"\r\n").rstrip(b"\r\n")
    return kept + b"\r\n" if kept else b""
