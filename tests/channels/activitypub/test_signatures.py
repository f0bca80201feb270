"""A request that proves who asks, and every way of proving nothing."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from pregon.channels.activitypub import signatures
from pregon.channels.activitypub.signatures import Signature, Unsigned
from servers.fediverse import Fediverse, public_pem
from servers.http import Request

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
INBOX = "https://fediverso.example/inbox?a=1"
BODY = b'{"type":"Create"}'


@lru_cache
def ours() -> str:
    return signatures.draw()


def headers(**changes: str) -> dict[str, str]:
    made = signatures.signed("POST", INBOX, body=BODY, key=ours(), key_id="https://muestra.example#k", at=NOW)
    return {name.lower(): value for name, value in made.items()} | changes


def read(
    given: dict[str, str], *, body: bytes = BODY, target: str = "/inbox?a=1", now: datetime = NOW
) -> Signature:
    return Signature.of("POST", target, given, body, now=now)


def test_what_we_sign_is_read_as_ours() -> None:
    signature = read(headers())
    assert (signature.key_id, signature.at, signature.is_by(signatures.public_half(ours()))) == (
        "https://muestra.example#k",
        NOW,
        True,
    )


def test_another_reader_takes_it_too(fediverse: Fediverse) -> None:
    key_id = "https://muestra.example#k"
    fediverse.keys[key_id] = signatures.public_half(ours())
    now = datetime.now(UTC)
    made = signatures.signed("POST", f"{fediverse.url}/inbox", body=BODY, key=ours(), key_id=key_id, at=now)
    request = Request(
        method="POST",
        path="/inbox",
        headers={name.lower(): value for name, value in made.items()},
        body=BODY,
    )
    asked = signatures.signed("GET", f"{fediverse.url}/users/vecina", key=ours(), key_id=key_id, at=now)
    question = Request(
        method="GET",
        path="/users/vecina",
        headers={name.lower(): value for name, value in asked.items()},
        body=b"",
    )
    assert (fediverse.is_signed(request), fediverse.is_signed(question), "Digest" in asked) == (
        True,
        True,
        False,
    )


def test_what_another_signed_is_read(fediverse: Fediverse) -> None:
    letter = fediverse.follow("vecina", "https://muestra.example/oficina")
    body, given = fediverse.signed(letter, "/entrada/", host="muestra.example", at=NOW)
    signature = Signature.of("POST", "/entrada/", given, body, now=NOW)
    assert signature.is_by(public_pem("vecina"))
    assert not signature.is_by(public_pem("otra"))


@pytest.mark.parametrize("target", ["/inbox", "/inbox?a=2", "/"])
def test_a_signature_is_good_for_one_address(target: str) -> None:
    assert not read(headers(), target=target).is_by(signatures.public_half(ours()))


def test_a_signature_is_good_for_one_host() -> None:
    assert not read(headers(host="otro.example")).is_by(signatures.public_half(ours()))


@pytest.mark.parametrize("body", [b'{"type":"Delete"}', BODY + b" "])
def test_another_body_is_not_the_one_that_was_signed(body: bytes) -> None:
    with pytest.raises(Unsigned):
        read(headers(), body=body)


def test_a_digest_made_to_fit_another_body_breaks_the_signature() -> None:
    other = b'{"type":"Delete"}'
    signature = read(headers(digest=signatures.digest_of(other)), body=other)
    assert not signature.is_by(signatures.public_half(ours()))


@pytest.mark.parametrize("away", [timedelta(minutes=59), -timedelta(minutes=59)])
def test_clocks_may_differ(away: timedelta) -> None:
    assert read(headers(), now=NOW + away).at == NOW


@pytest.mark.parametrize("away", [timedelta(hours=2), -timedelta(hours=2)])
def test_an_old_or_a_coming_date_proves_nothing(away: timedelta) -> None:
    with pytest.raises(Unsigned):
        read(headers(), now=NOW + away)


@pytest.mark.parametrize(
    "changes",
    [
        {"signature": ""},
        {"signature": 'keyId="x",headers="(request-target) host date",signature="eA=="'},
        {"signature": 'keyId="x",headers="host date digest",signature="eA=="'},
        {"signature": 'keyId="x",headers="(request-target) date digest",signature="eA=="'},
        {"signature": 'keyId="x",headers="(request-target) host digest",signature="eA=="'},
        {"signature": 'keyId="x",headers="(request-target) host date digest x",signature="eA=="'},
        {"signature": 'keyId="x",headers="(request-target) host date digest",signature="¿?"'},
        {
            "signature": 'keyId="x",algorithm="hmac",headers="(request-target) host date digest",signature="eA=="'
        },
        {"date": "ayer"},
        {"digest": "MD5=eA=="},
        {"digest": ""},
    ],
)
def test_half_a_proof_is_none(changes: dict[str, str]) -> None:
    with pytest.raises(Unsigned):
        read(headers(**changes))


def test_a_date_without_its_zone_is_of_greenwich() -> None:
    assert read(headers(date="Fri, 20 Nov 2026 18:00:00 -0000")).at == NOW


def test_one_digest_of_several_is_enough() -> None:
    both = f"MD5=eA==, sha-256={signatures.digest_of(BODY).partition('=')[2]}"
    assert signatures.is_digest(both, BODY)


def pem_of(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def test_only_a_key_that_others_take_is_one() -> None:
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    for wrong in (pem_of(weak), pem_of(ed25519.Ed25519PrivateKey.generate()), "una clave"):
        with pytest.raises(ValueError, match=r"key|base64"):
            signatures.key_in(wrong)
    assert signatures.key_in(ours()).key_size == 2048


def test_a_key_that_lost_its_line_breaks_is_the_same_key() -> None:
    flat = ours().replace("\n", "")
    assert signatures.public_half(flat) == signatures.public_half(ours())


@pytest.mark.parametrize(
    "public", ["", "una clave", "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n"]
)
def test_what_is_no_key_signed_nothing(public: str) -> None:
    assert not read(headers()).is_by(public)


def test_a_weak_key_and_one_of_another_kind_signed_nothing() -> None:
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024).public_key()
    other = ed25519.Ed25519PrivateKey.generate().public_key()
    signature = read(headers())
    for key in (weak, other):
        pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        assert not signature.is_by(pem)


def test_a_signature_is_base64_of_the_key_it_names() -> None:
    assert len(base64.b64decode(headers()["signature"].rpartition('signature="')[2].strip('"'))) == 256
