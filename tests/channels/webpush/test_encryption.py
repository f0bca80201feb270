"""What leaves can be opened by its browser alone: the RFC's own example, and two programs that know nothing of us."""

from __future__ import annotations

import os

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st
from pywebpush import WebPusher

from pregon.channels.webpush.encryption import CURVE, LARGEST, RECORD, encrypt, point_of
from servers.push import coded, decoded

#: RFC 8291, section 5 and appendix A.
TEXT = b"When I grow up, I want to be a watermelon"
SECRET = decoded("BTBZMqHH6r4Tts7J_aSIgg")
RECEIVER = decoded("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4")
RECEIVER_PRIVATE = decoded("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94")
SENDER_PRIVATE = decoded("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")
MIXED = decoded("DGv6ra1nlYgDCS1FRnbzlw")
MESSAGE = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3"
    "jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def private(scalar: bytes) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(scalar, "big"), CURVE)


def test_the_example_of_the_standard_comes_out_letter_by_letter() -> None:
    sent = encrypt(TEXT, receiver=RECEIVER, secret=SECRET, own=private(SENDER_PRIVATE), salt=MIXED)
    assert coded(sent) == MESSAGE


def test_the_browser_of_the_example_reads_a_message_with_keys_of_its_own() -> None:
    sent = encrypt(TEXT, receiver=RECEIVER, secret=SECRET)
    opened = http_ece.decrypt(
        sent, private_key=private(RECEIVER_PRIVATE), auth_secret=SECRET, version="aes128gcm"
    )
    assert opened == TEXT


@settings(max_examples=50, deadline=None)
@given(plain=st.binary(max_size=LARGEST))
def test_an_independent_program_opens_whatever_we_send(plain: bytes) -> None:
    browser, secret = ec.generate_private_key(CURVE), os.urandom(16)
    sent = encrypt(plain, receiver=point_of(browser), secret=secret)
    opened = http_ece.decrypt(sent, private_key=browser, auth_secret=secret, version="aes128gcm")
    assert (opened, len(sent) <= RECORD) == (plain, True)


def test_ours_has_the_shape_of_what_another_program_sends() -> None:
    """Header and length agree with pywebpush's; every other byte is drawn anew for each message."""
    keys = {"p256dh": coded(RECEIVER), "auth": coded(SECRET)}
    theirs = WebPusher({"endpoint": "https://push.example/p", "keys": keys}).encode(TEXT, "aes128gcm")
    ours = encrypt(TEXT, receiver=RECEIVER, secret=SECRET)
    assert (ours[16:22], len(ours)) == (theirs["body"][16:22], len(theirs["body"]))


def test_no_two_messages_share_a_salt_or_a_key() -> None:
    first, second = (encrypt(TEXT, receiver=RECEIVER, secret=SECRET) for _time in range(2))
    assert (first[:16] != second[:16], first[21:86] != second[21:86]) == (True, True)


@pytest.mark.parametrize("wrong", [b"", b"\x04" + bytes(64), RECEIVER[:-1], b"\x05" + RECEIVER[1:]])
def test_a_key_that_is_no_point_is_refused(wrong: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        encrypt(TEXT, receiver=wrong, secret=SECRET)


def test_a_text_longer_than_a_record_is_refused() -> None:
    whole = encrypt(bytes(LARGEST), receiver=RECEIVER, secret=SECRET)
    assert len(whole) == RECORD
    with pytest.raises(ValueError, match="one record"):
        encrypt(bytes(LARGEST + 1), receiver=RECEIVER, secret=SECRET)
