"""Signs a request as OAuth 1.0a asks (RFC 5849, HMAC-SHA1): in the name of an application and of an account."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, urlsplit

USUAL_PORT = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Who asks: the application, and the account that lets it speak."""

    consumer: str
    consumer_secret: str = field(repr=False)
    token: str
    token_secret: str = field(repr=False)


def authorization(
    keys: Keys, method: str, url: str, *, nonce: str, timestamp: int, form: Mapping[str, str] | None = None
) -> str:
    """The ``Authorization`` header. A body that is no ``form`` (JSON, multipart) is not signed."""
    said = {
        "oauth_consumer_key": keys.consumer,
        "oauth_nonce": nonce,
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": str(timestamp),
        "oauth_token": keys.token,
        "oauth_version": "1.0",
    }
    signed = [*said.items(), *(form or {}).items()]
    said["oauth_signature"] = signature(keys, base_string(method, url, signed))
    return "OAuth " + ", ".join(f'{name}="{encoded(value)}"' for name, value in sorted(said.items()))


def base_string(method: str, url: str, parameters: Iterable[tuple[str, str]]) -> str:
    """What is signed: method, bare address, and every parameter, those of the address among them."""
    place = urlsplit(url)
    host = (place.hostname or "").lower()
    if place.port not in {None, USUAL_PORT.get(place.scheme)}:
        host = f"{host}:{place.port}"
    pairs = [*parameters, *parse_qsl(place.query, keep_blank_values=True)]
    normal = "&".join(f"{name}={value}" for name, value in sorted((encoded(n), encoded(v)) for n, v in pairs))
    return "&".join(map(encoded, (method.upper(), f"{place.scheme}://{host}{place.path or '/'}", normal)))


def signature(keys: Keys, base: str) -> str:
    key = f"{encoded(keys.consumer_secret)}&{encoded(keys.token_secret)}"
    return base64.b64encode(hmac.new(key.encode(), base.encode(), hashlib.sha1).digest()).decode("ascii")


def encoded(text: str) -> str:
    """Percent-encoded as the RFC asks: all but letters, digits, ``-``, ``.``, ``_`` and ``~``."""
    return quote(text, safe="~")
