"""Message encryption for Web Push (RFC 8291): one record of aes128gcm (RFC 8188) that only one browser opens."""

from __future__ import annotations

import os

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE = ec.SECP256R1()
POINT, SECRET, SALT = 65, 16, 16
#: What every push service takes (RFC 8030); header, delimiter and tag come off it.
RECORD = 4096
LARGEST = RECORD - (SALT + 4 + 1 + POINT) - 1 - 16
LAST = b"\x02"
"""Ends the plain text of the last record, which here is the only one."""

_sizes = RECORD.to_bytes(4, "big") + POINT.to_bytes(1, "big")
_agreement, _hash = ec.ECDH(), SHA256()


def encrypt(
    plain: bytes,
    *,
    receiver: bytes,
    secret: bytes,
    own: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """The body of a push message. ``receiver`` and ``secret`` are the browser's p256dh and auth; a key of our own and
    a salt are drawn for each message. Raises ``ValueError`` for a key that is no point, or a text too long."""
    if len(plain) > LARGEST:
        raise ValueError("The text does not fit into one record.")
    own = own or ec.generate_private_key(CURVE)
    salt = salt or os.urandom(SALT)
    sender = point_of(own)
    shared = own.exchange(_agreement, ec.EllipticCurvePublicKey.from_encoded_point(CURVE, receiver))
    keying = _derived(shared, secret, b"WebPush: info\0" + receiver + sender, 32)
    key = _derived(keying, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(keying, salt, b"Content-Encoding: nonce\0", 12)
    return salt + _sizes + sender + AESGCM(key).encrypt(nonce, plain + LAST, None)


def point_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The public half, uncompressed, as browsers and push services write it."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _derived(keying: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(_hash, length, salt, info).derive(keying)
