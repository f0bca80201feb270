"""Secrets at rest and tokens in links, both under the one key of this office."""

from __future__ import annotations

import base64
import hmac
from datetime import timedelta
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.utils.crypto import salted_hmac

from pregon.core.errors import PregonError


class SealBroken(PregonError):
    """La clave de esta oficina no abre este secreto: recupera la clave del respaldo o escríbelo de nuevo."""


class BadToken(PregonError):
    """Este enlace no es válido o ya venció: pide uno nuevo."""

    def __init__(self, message: str = "", *, expired: bool = False) -> None:
        super().__init__(message)
        self.expired = expired


def seal(text: str) -> str:
    """``text`` as it may lie in the database and in a backup."""
    return _fernet().encrypt(text.encode()).decode("ascii")


def unseal(text: str) -> str:
    """What was sealed, under today's key or one of ``SECRET_KEY_FALLBACKS``."""
    try:
        return _fernet().decrypt(text.encode()).decode()
    except (InvalidToken, UnicodeError) as broken:
        raise SealBroken from broken


def sign_token(payload: str, *, purpose: str) -> str:
    """``payload``, readable but not forgeable, in letters that every address and every mail program keeps."""
    return _signer(purpose).sign_object(payload)


def read_token(token: str, *, purpose: str, max_age: timedelta | None) -> str:
    """The payload of a token of ours, made for this purpose and not older than ``max_age``."""
    try:
        payload = _signer(purpose).unsign_object(token, max_age=max_age)
    except SignatureExpired as expired:
        raise BadToken(expired=True) from expired
    except (BadSignature, ValueError) as bad:  # ValueError: text that is not even letters
        raise BadToken from bad
    if not isinstance(payload, str):
        raise BadToken
    return payload


def fingerprint(text: str, *, purpose: str) -> str:
    """A mark of ``text`` that can be compared, and that nobody without this office's key can guess back."""
    return fingerprints(text, purpose=purpose)[0]


def fingerprints(text: str, *, purpose: str) -> list[str]:
    """The marks of ``text`` under today's key and under each of ``SECRET_KEY_FALLBACKS``, today's first."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [hmac.digest(_marker(str(key), purpose), text.encode(), "sha256").hex() for key in keys]


@lru_cache(maxsize=32)
def _marker(secret: str, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"pregon.{purpose}".encode()).derive(
        secret.encode()
    )


def stamp(payload: str, *, purpose: str) -> str:
    """A few letters beside ``payload`` that nobody else can guess, always the same: 72 bits, fit for any address."""
    told = salted_hmac(f"pregon.{purpose}", payload, algorithm="sha256").digest()[:9]
    return base64.urlsafe_b64encode(told).decode("ascii")


def _signer(purpose: str) -> TimestampSigner:
    return _signer_with(purpose, settings.SECRET_KEY, tuple(settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=16)  # a letter for each of a thousand readers asks for it a thousand times
def _signer_with(purpose: str, key: str, fallbacks: tuple[str, ...]) -> TimestampSigner:
    return TimestampSigner(key=key, salt=f"pregon.{purpose}", sep=".", fallback_keys=list(fallbacks))


def _fernet() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(str(key))) for key in keys])


def _derived(secret: str) -> bytes:
    kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"pregon.core.sealing")
    return base64.urlsafe_b64encode(kdf.derive(secret.encode()))
