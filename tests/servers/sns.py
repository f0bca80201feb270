"""Amazon SNS as it calls a door: it signs what a topic sends, and hosts the certificate and the yes to it.

As documented at docs.aws.amazon.com/sns/latest/dg: ``sns-verify-signature-of-message.html``,
``http-subscription-confirmation-json.html`` and ``http-notification-json.html``.
"""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from functools import lru_cache

import httpx2
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from pregon.core.http import Http, client

TOPIC = "arn:aws:sns:mx-central-1:123456789012:rebotes"
HOST = "https://sns.mx-central-1.amazonaws.com"
CERTIFICATE = f"{HOST}/SimpleNotificationService-010a507c1833636cd94bdb98bd93083a.pem"
TOKEN = "2336412f37fb687f5d51e6e241d09c805a5a57b30d712f794cc5f6a988666d92"
ORDER = ("Message", "MessageId", "SubscribeURL", "Subject", "Timestamp", "Token", "TopicArn", "Type")
IN_WORDS = "Successfully validated SNS topic for Amazon SES event publishing."


@lru_cache
def key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


class Sns:
    """One topic and its host; ``asked`` are the addresses that were called."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.asked: list[httpx2.URL] = []
        #: What is answered instead, by the path that is asked.
        self.instead: dict[str, httpx2.Response] = {}
        self.http: Http = client(transport=httpx2.MockTransport(self.answer))
        self.certificate = self.issued(at - timedelta(days=100), at + timedelta(days=100))

    def issued(self, since: datetime, until: datetime) -> bytes:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
        built = x509.CertificateBuilder(
            subject_name=name,
            issuer_name=name,
            public_key=key().public_key(),
            serial_number=7,
            not_valid_before=since,
            not_valid_after=until,
        )
        return built.sign(key(), SHA256()).public_bytes(Encoding.PEM)

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request.url)
        if request.url.path in self.instead:
            return self.instead[request.url.path]
        if str(request.url) == CERTIFICATE:
            return httpx2.Response(200, content=self.certificate)
        if str(request.url).startswith(f"{HOST}/?") and request.url.params.get("Token") == TOKEN:
            return httpx2.Response(200, content=b"<ConfirmSubscriptionResponse/>")
        return httpx2.Response(403)

    def notification(self, message: str, *, version: str = "1", **changes: str) -> bytes:
        said = {"Type": "Notification", "Message": message, "Subject": "Amazon SES Email Event Notification"}
        return self.signed(said | changes, version=version)

    def confirmation(self, **changes: str) -> bytes:
        said = {
            "Type": "SubscriptionConfirmation",
            "Message": f"You have chosen to subscribe to the topic {TOPIC}.",
            "Token": TOKEN,
            "SubscribeURL": f"{HOST}/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token={TOKEN}",
        }
        return self.signed(said | changes)

    def signed(self, said: dict[str, str], *, version: str = "1") -> bytes:
        base = {
            "MessageId": "165545c9-2a5c-472c-8df2-7ff2be2b3b1b",
            "TopicArn": TOPIC,
            "Timestamp": self.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        }
        whole = base | said
        words = "".join(f"{name}\n{whole[name]}\n" for name in ORDER if name in whole).encode()
        signature = key().sign(words, PKCS1v15(), SHA256() if version == "2" else SHA1())
        proof = {
            "SignatureVersion": version,
            "Signature": base64.b64encode(signature).decode(),
            "SigningCertURL": CERTIFICATE,
            "UnsubscribeURL": f"{HOST}/?Action=Unsubscribe",
        }
        return json.dumps(proof | whole).encode()
