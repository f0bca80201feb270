"""An independent verifier believes every signature, and none of a letter that somebody touched."""

from __future__ import annotations

from collections.abc import Callable

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from factories.delivery import message, parcel
from pregon.channels.email.channel import EmailChannel
from pregon.channels.email.dkim import Signer, relaxed, signer_of
from pregon.delivery import registry
from pregon.delivery.contract import Parcel
from pregon.delivery.enums import MessageKind
from pregon.delivery.errors import Misconfigured
from pregon.delivery.values import Block
from servers.smtp import SmtpServer


def pem_of(key: object, style: PrivateFormat = PrivateFormat.PKCS8) -> str:
    return key.private_bytes(Encoding.PEM, style, NoEncryption()).decode()  # type: ignore[attr-defined]


RSA = generate_rsa(65537, 2048)
KEYS = {
    "rsa": pem_of(RSA),
    "rsa, as openssl used to write it": pem_of(RSA, PrivateFormat.TraditionalOpenSSL),
    "ed25519": pem_of(Ed25519PrivateKey.generate()),
}
each_key = pytest.mark.parametrize("kind", list(KEYS))


def signer(kind: str = "rsa") -> Signer:
    return signer_of(domain="muestra.example", selector="pregon", pem=KEYS[kind])


def published(one: Signer) -> Callable[..., bytes | None]:
    """The DNS, as far as it knows this signer."""

    def txt(name: bytes, timeout: int = 5) -> bytes | None:
        return one.record.encode() if name.decode().rstrip(".") == one.name else None

    return txt


def believed(letter: bytes, one: Signer) -> bool:
    return dkim.verify(letter, dnsfunc=published(one))


def channel(kind: str = "rsa") -> EmailChannel:
    options = {
        "host": "correo.example",
        "sender_address": "boletines@muestra.example",
        "dkim_key": KEYS[kind],
    }
    built = registry.build("email", options)
    assert isinstance(built, EmailChannel)
    return built


LETTERS = {
    "news": parcel(),
    "a correction": parcel(message(MessageKind.CORRECTION), in_reply_to="<1-1@muestra.example>"),
    "a question": parcel(message(MessageKind.SERVICE), confirm_url="https://muestra.example/si/"),
    "letters of the world": parcel(
        message(headline="Ñandú, «güero» y 😀 " * 9), destination="begoña@muestra.example"
    ),
    "dots and spaces": parcel(
        message(blocks=(Block(kind="paragraph", text=".\n..\n  .  \n\t.\n" + " hola   y  adiós " * 40),)),
        unsubscribe_url=f"https://muestra.example/{'.' * 400}/",
    ),
    "one long word": parcel(message(blocks=(Block(kind="paragraph", text="x" * 30_000),))),
}


@each_key
@pytest.mark.parametrize("given_parcel", LETTERS.values(), ids=LETTERS)
def test_every_letter_is_believed(kind: str, given_parcel: Parcel) -> None:
    assert believed(channel(kind).preview(given_parcel).raw, signer(kind))


@settings(max_examples=40, deadline=None)
@given(
    body=st.lists(st.sampled_from(["a", " ", "  ", "\t", "\r\n", ".", "é", " \r\n", "\t\r\n"]), max_size=40),
    subject=st.lists(st.sampled_from(["a", " ", "  ", "\t", "\r\n ", "\r\n\t", "ñ"]), max_size=20),
)
def test_any_spaces_anywhere_are_believed(body: list[str], subject: list[str]) -> None:
    head = f"From: a@muestra.example\r\nSubject:b{''.join(subject)}c\r\nX-Other: d\r\n\r\n"
    assert believed(signer("ed25519").signed((head + "".join(body) + "\r\n").encode()), signer("ed25519"))


@each_key
@pytest.mark.parametrize(
    "touched",
    [
        lambda raw: raw.replace(b"From:", b"From: otra@muestra.example\r\nFrom:", 1),
        lambda raw: raw.replace(b"\r\n\r\n", b"\r\nFrom: otra@muestra.example\r\n\r\n", 1),
        lambda raw: raw.replace(b"To: vecina", b"To: vecino", 1),
        lambda raw: raw.replace(b"List-Unsubscribe: <https://muestra", b"List-Unsubscribe: <https://otra", 1),
        lambda raw: raw.replace(b"One-Click", b"Two-Click", 1),
        lambda raw: raw.replace(b"Reabre", b"Cierra"),
        lambda raw: raw + b"P. S.\r\n",
    ],
)
def test_a_letter_that_was_touched_is_not(kind: str, touched: Callable[[bytes], bytes]) -> None:
    raw = channel(kind).preview(parcel()).raw
    assert touched(raw) != raw
    assert not believed(touched(raw), signer(kind))


def test_the_signature_names_what_it_covers_and_stands_on_short_lines() -> None:
    head = channel().preview(parcel(in_reply_to="<1-1@muestra.example>")).raw.partition(b"\r\n\r\n")[0]
    [covered] = [line for line in head.split(b"\r\n ") if line.startswith(b"h=")]
    assert covered == (
        b"h=from:to:subject:date:message-id:in-reply-to:references:mime-version:content-type:list-id:"
        b"list-unsubscribe:list-unsubscribe-post:from;"
    )
    assert max(len(line) for line in head.split(b"\r\n")) < 200


def test_a_key_without_its_line_breaks_is_the_same_key() -> None:
    squeezed = signer_of(domain="muestra.example", selector="pregon", pem=KEYS["rsa"].replace("\n", ""))
    assert squeezed.record == signer().record


@pytest.mark.parametrize(
    "pem",
    [
        "clave",
        "-----BEGIN PRIVATE KEY-----AAAA-----END PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----A-----END PRIVATE KEY-----",
        pem_of(generate_rsa(65537, 1024)),
        pem_of(generate_private_key(SECP256R1())),
    ],
)
def test_what_is_no_key_that_is_trusted_is_a_wrong_setting(pem: str) -> None:
    with pytest.raises(Misconfigured):
        signer_of(domain="muestra.example", selector="pregon", pem=pem)


@pytest.mark.parametrize("selector", ["", "Pregón", "a..b", "-a", "a;b"])
def test_a_selector_is_a_name_in_the_dns(selector: str) -> None:
    with pytest.raises(Misconfigured):
        signer_of(domain="muestra.example", selector=selector, pem=KEYS["rsa"])


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        (b"", b""),
        (b"\r\n\r\n", b""),
        (b"a", b"a\r\n"),
        (b"a \t\r\n\r\n\r\n", b"a\r\n"),
        (b" a \t b\t\r\n \r\nc\r\n", b" a b\r\n\r\nc\r\n"),
    ],
)
def test_a_body_is_told_without_what_mail_servers_change(body: bytes, kept: bytes) -> None:
    assert relaxed(body) == kept


def test_checking_says_what_to_publish(smtp_server: SmtpServer) -> None:
    options = {"host": smtp_server.host, "port": smtp_server.port, "security": "none"}
    office = {"sender_address": "boletines@avisos.muestra.example", "dkim_domain": "peñuelas.example"}
    said = registry.build("email", options | office | {"dkim_key": KEYS["rsa"]}).check()
    assert said.startswith("boletines@avisos.muestra.example en 127.0.0.1. Para que la firma valga,")
    assert "«pregon._domainkey.xn--peuelas-5za.example»" in said
    assert f"«{signer().record}»" in said


def test_what_arrives_is_believed(smtp_server: SmtpServer) -> None:
    options = {"host": smtp_server.host, "port": smtp_server.port, "security": "none"}
    office = {"sender_address": "boletines@muestra.example", "dkim_key": KEYS["rsa"]}
    registry.build("email", options | office).send(LETTERS["dots and spaces"])
    [mail] = smtp_server.messages
    assert believed(mail.raw, signer())
