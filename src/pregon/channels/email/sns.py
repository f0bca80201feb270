"""Amazon's post: how a message of an SNS topic proves that it is one, and how its first one is answered.

Whoever has an account there may send such messages, all with Amazon's signature: only those of the office's own topic
are taken. No address that came with a message is asked, but for the certificate's: its host must be the one of the
topic's region, and its path can be no other file.
"""

from __future__ import annotations

import base64
import json
import re
from datetime import datetime, timedelta
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.x509 import Certificate, load_pem_x509_certificate

from pregon.core.http import Http, Unreachable

#: SNS tries for an hour at most.
FRESH = timedelta(hours=1, minutes=5)
#: A certificate is small, and the caller waits.
PATIENCE, LARGEST = timedelta(seconds=5), 64 * 1024

SUBSCRIBING = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
#: What each kind of message signs, in this order. A subject only where there is one.
SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": SUBSCRIBING,
    "UnsubscribeConfirmation": SUBSCRIBING,
}
#: A topic signs with SHA-1 unless its owner asked for better, which the console does not offer.
DIGESTS = {"1": SHA1, "2": SHA256}


def opened(body: bytes, *, topic: str, host: str, at: datetime, http: Http) -> dict[str, str] | None:
    """The message of this topic, signed by its ``host``; ``None`` for what is none. Raises ``OutboundError`` where the
    certificate cannot be had."""
    try:
        told = json.loads(body)
        signed = [name for name in SIGNED[told["Type"]] if name != "Subject" or told.get("Subject")]
        words = "".join(f"{name}\n{told[name]}\n" for name in signed).encode()
        digest, signature = DIGESTS[told["SignatureVersion"]](), base64.b64decode(told["Signature"])
        moment = datetime.fromisoformat(told["Timestamp"])
        if told["TopicArn"] != topic or abs(at - moment) > FRESH:
            return None
        key_at(told["SigningCertURL"], host=host, at=at, http=http).verify(
            signature, words, PKCS1v15(), digest
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, InvalidSignature):
        return None
    return {name: str(told[name]) for name in signed}


def confirm(told: dict[str, str], *, host: str, http: Http) -> bool:
    """Say yes to the topic that asks whether this door wants its messages."""
    asked = {"Action": "ConfirmSubscription", "TopicArn": told["TopicArn"], "Token": told["Token"]}
    answer = http.get(f"https://{host}/", params=asked, timeout=PATIENCE, max_bytes=LARGEST)
    return answer.status_code == 200


def key_at(url: str, *, host: str, at: datetime, http: Http) -> RSAPublicKey:
    if not re.fullmatch(rf"https://{re.escape(host)}/SimpleNotificationService-[0-9a-f]{{32}}\.pem", url):
        raise ValueError("The certificate is not Amazon's.")
    certificate = certificate_at(url, http)
    key = certificate.public_key()
    if not isinstance(key, RSAPublicKey):
        raise TypeError("The certificate is of another kind.")
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        raise ValueError("The certificate is out of date.")
    return key


@lru_cache(maxsize=4)  # it changes once in months, and a bulletin's bounces come by the hundred
def certificate_at(url: str, http: Http) -> Certificate:
    answer = http.get(url, timeout=PATIENCE, max_bytes=LARGEST)
    if answer.status_code >= 500:
        raise Unreachable(arrived=True)
    if answer.status_code != 200 or str(answer.url) != url:
        raise ValueError("There is no certificate.")
    return load_pem_x509_certificate(answer.content)
