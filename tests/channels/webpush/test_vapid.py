"""Push services can tell who sends, and the same token serves for hours."""

from __future__ import annotations

import json

import pytest
from py_vapid import Vapid02

from pregon.channels.webpush import vapid
from pregon.channels.webpush.address import unpadded
from pregon.channels.webpush.encryption import point_of
from servers.push import decoded

ORIGIN, CONTACT = "https://push.example", "mailto:prensa@muestra.example"
HOUR = 3600


def claims_of(header: str) -> dict[str, object]:
    claims: dict[str, object] = json.loads(decoded(header.split(".")[1]))
    return claims


def test_an_independent_program_believes_the_signature() -> None:
    header = vapid.authorization(vapid.draw(), origin=ORIGIN, contact=CONTACT)
    assert Vapid02.verify(header)


def test_one_with_another_key_is_not_believed() -> None:
    mine = vapid.authorization(vapid.draw(), origin=ORIGIN, contact=CONTACT)
    other = vapid.public_half(vapid.draw())
    assert not Vapid02.verify(f"{mine.partition(',k=')[0]},k={other}")


def test_it_says_to_whom_until_when_and_who_answers_for_it() -> None:
    claims = claims_of(vapid.authorization(vapid.draw(), origin=ORIGIN, contact=CONTACT))
    assert (claims["aud"], claims["sub"], sorted(claims)) == (ORIGIN, CONTACT, ["aud", "exp", "sub"])


@pytest.mark.parametrize("moment", [0, 1, vapid.SPELL - 1, vapid.SPELL, 1_795_000_000])
def test_a_token_lives_one_to_twelve_hours(moment: float) -> None:
    left = claims_of(vapid.authorization(vapid.draw(), origin=ORIGIN, contact=CONTACT, at=moment))["exp"]
    assert isinstance(left, int)
    assert HOUR <= left - moment <= 12 * HOUR


def test_a_token_is_signed_once_for_each_service_and_spell() -> None:
    key, now = vapid.draw(), float(vapid.SPELL * 1000)
    first = vapid.authorization(key, origin=ORIGIN, contact=CONTACT, at=now)
    later = vapid.authorization(key, origin=ORIGIN, contact=CONTACT, at=now + vapid.SPELL - 1)
    other = vapid.authorization(key, origin="https://otro.example", contact=CONTACT, at=now)
    next_one = vapid.authorization(key, origin=ORIGIN, contact=CONTACT, at=now + vapid.SPELL)
    assert (first == later, first == other, first == next_one) == (True, False, False)


def test_a_drawn_key_is_the_same_key_when_it_is_read() -> None:
    key = vapid.draw()
    assert (len(key), vapid.public_half(key)) == (43, unpadded(point_of(vapid.key_in(key))))
    assert vapid.draw() != key


@pytest.mark.parametrize("wrong", ["", "corta", "A" * 43, "á" * 43, "_" * 43])
def test_what_is_no_key_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        vapid.key_in(wrong)
