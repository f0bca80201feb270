"""Secrets at rest and tokens in links."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from pregon.core.sealing import (
    BadToken,
    SealBroken,
    fingerprint,
    fingerprints,
    read_token,
    seal,
    sign_token,
    stamp,
    unseal,
)

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
KEY, OTHER = "k" * 50, "o" * 50


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_is_sealed_comes_out_the_same(text: str) -> None:
    assert unseal(seal(text)) == text


def test_a_sealed_secret_shows_nothing_of_itself_and_never_looks_twice_the_same() -> None:
    first, second = seal("contraseña-del-correo"), seal("contraseña-del-correo")
    assert first != second
    assert "correo" not in first
    assert first.isascii()


@pytest.mark.parametrize("broken", ["", "texto", "ñ", "gAAAAA==", "\ud800"])
def test_what_was_not_sealed_here_is_refused_in_a_sentence(broken: str) -> None:
    with pytest.raises(SealBroken, match=r"^La clave de esta oficina .*\.$"):
        unseal(broken)


def test_a_changed_key_opens_old_secrets_only_as_long_as_the_old_one_is_kept(
    settings: Settings,
) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = OTHER, []
    sealed = seal("secreto")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = KEY, [OTHER]
    assert unseal(sealed) == "secreto"
    resealed = seal("secreto")
    settings.SECRET_KEY_FALLBACKS = []
    assert unseal(resealed) == "secreto"
    with pytest.raises(SealBroken):
        unseal(sealed)


@given(st.text())
def test_a_token_gives_back_its_payload_and_fits_in_an_address(payload: str) -> None:
    token = sign_token(payload, purpose="prueba")
    assert re.fullmatch(r"[A-Za-z0-9_.-]+", token)
    assert read_token(token, purpose="prueba", max_age=None) == payload


def test_a_token_is_short() -> None:
    assert len(sign_token("1234567", purpose="confirmar")) <= 65


def test_a_token_serves_one_purpose_only() -> None:
    token = sign_token("7", purpose="confirmar")
    with pytest.raises(BadToken, match=r"^Este enlace no es válido .*\.$") as refused:
        read_token(token, purpose="baja", max_age=None)
    assert not refused.value.expired


def test_a_token_expires_at_its_age() -> None:
    with time_machine.travel(NOON, tick=False):
        token = sign_token("7", purpose="confirmar")
    with time_machine.travel(NOON + timedelta(days=2), tick=False):
        assert read_token(token, purpose="confirmar", max_age=timedelta(days=2)) == "7"
    with time_machine.travel(NOON + timedelta(days=2, seconds=1), tick=False):
        with pytest.raises(BadToken) as refused:
            read_token(token, purpose="confirmar", max_age=timedelta(days=2))
        assert refused.value.expired
        assert read_token(token, purpose="confirmar", max_age=None) == "7"


def test_a_token_outlives_a_changed_key_while_the_old_one_is_kept(settings: Settings) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = OTHER, []
    token = sign_token("7", purpose="baja")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = KEY, [OTHER]
    assert read_token(token, purpose="baja", max_age=None) == "7"
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(BadToken):
        read_token(token, purpose="baja", max_age=None)


@given(st.text())
def test_any_other_text_is_a_bad_token(text: str) -> None:
    with pytest.raises(BadToken):
        read_token(text, purpose="baja", max_age=None)


@given(st.integers(0, 60), st.sampled_from("Ax_-.0"))
def test_a_token_with_one_letter_changed_is_bad(place: int, letter: str) -> None:
    token = sign_token("7", purpose="baja")
    place %= len(token) - 1  # the last letter carries bits that mean nothing
    changed = token[:place] + letter + token[place + 1 :]
    if changed == token:
        assert read_token(changed, purpose="baja", max_age=None) == "7"
        return
    with pytest.raises(BadToken):
        read_token(changed, purpose="baja", max_age=None)


# --- Marks --------------------------------------------------------------------------------------------------


def test_a_mark_can_be_compared_and_tells_nothing() -> None:
    mark = fingerprint("email:vecina@muestra.example", purpose="suppression")
    assert mark == fingerprint("email:vecina@muestra.example", purpose="suppression")
    others = {
        fingerprint("email:vecino@muestra.example", purpose="suppression"),
        fingerprint("email:vecina@muestra.example", purpose="another"),
    }
    assert (len(mark), mark in others) == (64, False)


def test_a_mark_under_a_former_key_is_still_known(settings: Settings) -> None:
    settings.SECRET_KEY = KEY
    mark = fingerprint("x", purpose="p")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = OTHER, [KEY]
    assert fingerprints("x", purpose="p")[1:] == [mark]
    assert fingerprint("x", purpose="p") != mark


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_stamp_is_always_the_same_and_fits_into_an_address(payload: str) -> None:
    assert re.fullmatch(r"[\w-]{12}", stamp(payload, purpose="prueba"), re.ASCII)
    assert stamp(payload, purpose="prueba") == stamp(payload, purpose="prueba")


def test_a_stamp_is_of_one_payload_one_purpose_and_one_office(settings: Settings) -> None:
    mine = stamp("1-2", purpose="prueba")
    others = {stamp("1-3", purpose="prueba"), stamp("1-2", purpose="otra")}
    settings.SECRET_KEY = OTHER
    assert mine not in others | {stamp("1-2", purpose="prueba")}
