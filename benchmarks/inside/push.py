"""Sends one notice to many browsers in turns: our channel, pywebpush's own call, and what cryptography alone takes."""

import json
import os
import sys
import time
from collections import deque

import django

django.setup()

import requests  # noqa: E402 - Django stands first
from cryptography.hazmat.primitives.asymmetric import ec  # noqa: E402 - the same
from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: E402 - the same
from cryptography.hazmat.primitives.hashes import SHA256  # noqa: E402 - the same
from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: E402 - the same
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat  # noqa: E402 - the same
from py_vapid import Vapid  # noqa: E402 - the same
from pywebpush import webpush  # noqa: E402 - the same

from pregon.channels.webpush import vapid  # noqa: E402 - the same
from pregon.channels.webpush.address import Browser, unpadded  # noqa: E402 - the same
from pregon.channels.webpush.channel import WebPushChannel  # noqa: E402 - the same
from pregon.delivery.contract import Answer, Batch, Parcel, Receipt  # noqa: E402 - the same
from pregon.delivery.enums import MessageKind  # noqa: E402 - the same
from pregon.delivery.registry import build  # noqa: E402 - the same
from pregon.delivery.values import Message  # noqa: E402 - the same

port, rounds, count, count_of_peer = map(int, sys.argv[1:])
CURVE = ec.SECP256R1()
CONTACT = "mailto:prensa@ejemplo.invalid"
KEY = vapid.draw()
MESSAGE = Message(
    kind=MessageKind.NEWS,
    headline="Reabre el andador con empedrado nuevo",
    dek="Tres meses de obra en el corazón del pueblo: 320 metros de empedrado y 18 luminarias.",
    url="https://ejemplo.invalid/boletines/2026-001/",
)


def point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


PARCELS = [
    Parcel(
        key=f"1-{number}",
        destination=f"http://127.0.0.1:{port}/push/{number}#"
        f"{unpadded(point(ec.generate_private_key(CURVE)))}.{unpadded(os.urandom(16))}",
        message=MESSAGE,
        preferences_url=f"https://ejemplo.invalid/suscripcion/WyI{number:06d}.0123456789abcdef.ghijklmnopqrstuvwxyz/",
    )
    for number in range(count)
]
OPTIONS = {"private_key": KEY, "contact": "prensa@ejemplo.invalid", "allow_private": True}
CHANNEL = build("webpush", OPTIONS)
assert isinstance(CHANNEL, WebPushChannel)
PLAIN = CHANNEL.notice(PARCELS[0]).packed


class Pile(Batch):
    def __init__(self) -> None:
        self.waiting = deque(PARCELS)
        self.accepted = 0

    def take(self, most: int = 1) -> list[Parcel]:
        return [self.waiting.popleft() for _one in range(min(most, len(self.waiting)))]

    def answer(self, parcel: Parcel, answer: Answer) -> None:
        self.accepted += isinstance(answer, Receipt)


def ours() -> int:
    pile = Pile()
    CHANNEL.send_batch(pile)
    if pile.accepted != count:
        raise SystemExit(f"Only {pile.accepted} of {count} notices were accepted.")
    return count


def ours_alone() -> int:
    """Everything that a notice takes before it meets the network."""
    for parcel in PARCELS:
        CHANNEL.push(parcel, resting={})
    return count


def peer() -> int:
    for parcel in PARCELS[:count_of_peer]:
        endpoint, _, keys = parcel.destination.partition("#")
        p256dh, _, auth = keys.partition(".")
        answer = webpush(
            {"endpoint": endpoint, "keys": {"p256dh": p256dh, "auth": auth}},
            data=PLAIN,
            vapid_private_key=SIGNER,
            vapid_claims={"sub": CONTACT},
            ttl=172800,
            requests_session=SESSION,
        )
        if answer.status_code != 201:
            raise SystemExit(f"The peer was answered {answer.status_code}.")
    return count_of_peer


def bare() -> int:
    """RFC 8291 in as few calls of cryptography as there are steps in it."""
    for browser in BROWSERS:
        own = ec.generate_private_key(CURVE)
        sender, salt = point(own), os.urandom(16)
        shared = own.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, browser.key))
        keying = derive(browser.secret, b"WebPush: info\0" + browser.key + sender, 32, shared)
        key = derive(salt, b"Content-Encoding: aes128gcm\0", 16, keying)
        nonce = derive(salt, b"Content-Encoding: nonce\0", 12, keying)
        AESGCM(key).encrypt(nonce, PLAIN + b"\2", None)
    return count


def derive(salt: bytes, info: bytes, length: int, keying: bytes) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(keying)


SIGNER = Vapid.from_raw(KEY.encode())
SESSION = requests.Session()
BROWSERS = [Browser.at(parcel.destination) for parcel in PARCELS]
found: dict[str, list[float]] = {}
for _round in range(rounds):
    # Where there is a network the clock counts; where there is none, only the processor's own time.
    for contestant, clock in (
        (ours, time.perf_counter),
        (peer, time.perf_counter),
        (ours_alone, time.process_time),
        (bare, time.process_time),
    ):
        started = clock()
        done = contestant()
        found.setdefault(contestant.__name__, []).append(done / (clock() - started))
SESSION.close()
print(json.dumps({name: sorted(rates)[rounds // 2] for name, rates in found.items()}))
