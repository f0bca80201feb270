"""Wrong settings of the mail are named before anything leaves."""

from __future__ import annotations

from typing import Any

import pytest

from pregon.delivery import registry
from pregon.delivery.errors import Misconfigured

GOOD = {"host": "correo.example", "sender_address": "boletines@muestra.example"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"host": "<b>correo</b>"},
        {"host": "correo .example"},
        {"host": "a" * 64 + ".example"},
        {"imap_host": "imap://correo.example"},
        {"security": "quizá"},
        {"imap_security": "quizá"},
        {"port": 0},
        {"imap_port": 70_000},
        {"connections": 0},
        {"connections": 51},
        {"domain_pace": -1},
        {"sender_address": "nadie"},
        {"sender_address": "begoña@muestra.example"},
        {"reply_to": "a@b@c"},
        {"reply_to": "begoña@muestra.example"},
        {"bounce_address": "rebotes"},
        {"dkim_domain": "no es un dominio"},
        {"dkim_key": "no es una clave"},
        {"relay_secret": "secreta"},
        {"relay_secret": "whsec_AAAA"},
        {"relay_secret": "whsec_ñ"},
        {"relay_service": "paloma"},
        {"relay_service": "ses", "relay_secret": "arn:aws:sns:mx-central-1:123456789012"},
        {"relay_service": "ses", "relay_secret": "arn:aws:sns:ejemplo.invalid/:123456789012:rebotes"},
        {"relay_service": "mailgun", "relay_secret": "corta"},
        {"relay_service": "sendgrid", "relay_secret": "no es una clave"},
        {"relay_service": "sendgrid", "relay_secret": "AAAA"},
        {"relay_service": "postmark", "relay_secret": "con espacios y más letras que 24"},
        {"relay_service": "brevo", "relay_secret": "veintitrés-letras-y-una"},
    ],
)
def test_wrong_options_are_named_before_anything_leaves(wrong: dict[str, Any]) -> None:
    with pytest.raises(Misconfigured) as named:
        registry.build("email", GOOD | wrong)
    assert str(named.value).endswith(".")


@pytest.mark.parametrize(
    "good",
    [
        {},
        {"host": "correo_interno", "imap_host": "127.0.0.1"},
        {"host": "correo.peñuelas.example", "imap_host": "2001:db8::1"},
        {"sender_address": "boletines@peñuelas.example"},
        {"reply_to": "prensa@muestra.example", "bounce_address": "rebotes@rebotes.muestra.example"},
        {"dkim_domain": "peñuelas.example"},
        {"relay_service": "ses", "relay_secret": "arn:aws:sns:us-east-1:123456789012:rebotes"},
        {"relay_service": "mailgun", "relay_secret": "0123456789abcdef0123456789abcdef"},
        {"relay_service": "postmark"},
    ],
)
def test_good_options_make_a_channel(good: dict[str, Any]) -> None:
    assert registry.build("email", GOOD | good).kind == "email"


def test_no_secret_is_among_what_is_shown() -> None:
    secret = registry.channel_class("email").options_class.secret
    assert secret == {"password", "dkim_key", "imap_password", "relay_secret"}
