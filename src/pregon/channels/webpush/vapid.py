"""The office's own signature towards push services (RFC 8292): one key for good, and a token for each service."""

from __future__ import annotations

import base64
import json
import re
import time
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from pregon.channels.webpush.address import unpadded
from pregon.channels.webpush.encryption import CURVE, point_of

KEY = re.compile(r"[\w-]{43}", re.ASCII)
#: A token serves every message of a spell and outlives it by an hour, so that none lives longer than twelve; Apple asks
#: not to bring another one more than once an hour.
SPELL, MARGIN = 11 * 3600, 3600


def draw() -> str:
    """A new private key, in the spelling that other tools for Web Push take too."""
    return unpadded(ec.generate_private_key(CURVE).private_numbers().private_value.to_bytes(32, "big"))


@lru_cache(maxsize=8)
def key_in(text: str) -> ec.EllipticCurvePrivateKey:
    """Raises ``ValueError`` for what is no private key."""
    if not KEY.fullmatch(text):
        raise ValueError("A private key is 32 bytes in base64url.")
    return ec.derive_private_key(int.from_bytes(base64.urlsafe_b64decode(text + "="), "big"), CURVE)


@lru_cache(maxsize=8)
def public_half(key: str) -> str:
    return unpadded(point_of(key_in(key)))


def authorization(key: str, *, origin: str, contact: str, at: float | None = None) -> str:
    """The header that says who sends."""
    now = time.time() if at is None else at
    return _authorization(key, origin, contact, int(now // SPELL))


@lru_cache(maxsize=256)  # anybody can name a push service of their own; those in use stay
def _authorization(key: str, origin: str, contact: str, spell: int) -> str:
    claims = {"aud": origin, "exp": (spell + 1) * SPELL + MARGIN, "sub": contact}
    signed = ".".join(
        unpadded(json.dumps(part, separators=(",", ":")).encode())
        for part in ({"typ": "JWT", "alg": "ES256"}, claims)
    )
    r, s = decode_dss_signature(key_in(key).sign(signed.encode(), ec.ECDSA(SHA256())))
    token = f"{signed}.{unpadded(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"
    return f"vapid t={token},k={public_half(key)}"
