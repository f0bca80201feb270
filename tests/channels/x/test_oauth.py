"""The examples of the standard and of X's own guide, signed as they say."""

from __future__ import annotations

import pytest

from pregon.channels.x.oauth import Keys, authorization, base_string, encoded, signature

OFFICE = Keys(
    consumer="xvz1evFS4wEEPTGEFPHBog",
    consumer_secret="kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
    token="370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
    token_secret="LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE",
)


@pytest.mark.parametrize(
    ("address", "signed"),
    [
        ("https://api.twitter.com/1/statuses/update.json", "tnnArxj06cWHq44gCs1OSKk%2FjLY%3D"),
        ("https://api.twitter.com/1.1/statuses/update.json", "hCtSmYh%2BiHYCEqBWrE7C7hYmtUk%3D"),
        ("https://api.x.com/1.1/statuses/update.json", "Ls93hJiZbQ3akF3HF3x1Bz8%2FzU4%3D"),
    ],
)
def test_the_example_of_xs_guide_is_signed_as_it_says(address: str, signed: str) -> None:
    header = authorization(
        OFFICE,
        "POST",
        f"{address}?include_entities=true",
        nonce="kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg",
        timestamp=1318622958,
        form={"status": "Hello Ladies + Gentlemen, a signed OAuth request!"},
    )
    assert header == (
        'OAuth oauth_consumer_key="xvz1evFS4wEEPTGEFPHBog", '
        'oauth_nonce="kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg", '
        f'oauth_signature="{signed}", '
        'oauth_signature_method="HMAC-SHA1", '
        'oauth_timestamp="1318622958", '
        'oauth_token="370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb", '
        'oauth_version="1.0"'
    )


def test_the_first_example_of_the_standard_is_signed_as_it_says() -> None:
    """RFC 5849, section 1.2: the request for the photo."""
    keys = Keys(
        consumer="dpf43f3p2l4k3l03",
        consumer_secret="kd94hf93k423kf44",
        token="nnch734d00sl2jdk",
        token_secret="pfkkdhi9sl3r4s00",
    )
    base = base_string(
        "GET",
        "http://photos.example.net/photos?file=vacation.jpg&size=original",
        [
            ("oauth_consumer_key", keys.consumer),
            ("oauth_token", keys.token),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", "137131202"),
            ("oauth_nonce", "chapoH"),
        ],
    )
    assert signature(keys, base) == "MdpQcU8iPSUjWoN/UDMsK2sui9I="


def test_the_base_string_of_the_standard_is_made_as_it_says() -> None:
    """RFC 5849, section 3.4.1.1: names twice, without a value, and with signs that need care."""
    form = [("c2", ""), ("a3", "2 q")]
    said = [
        ("oauth_consumer_key", "9djdj82h48djs9d2"),
        ("oauth_token", "kkk9d7dh3k39sjv7"),
        ("oauth_signature_method", "HMAC-SHA1"),
        ("oauth_timestamp", "137131201"),
        ("oauth_nonce", "7d8f3e4a"),
    ]
    made = base_string(
        "post", "http://EXAMPLE.COM:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b", [*form, *said]
    )
    assert made == (
        "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D"
        "%26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a"
        "%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7"
    )


def test_only_an_unusual_port_is_part_of_the_address() -> None:
    made = [base_string("GET", f"https://example.com{port}", []) for port in ("", ":443", ":8443")]
    assert made == [
        "GET&https%3A%2F%2Fexample.com%2F&",
        "GET&https%3A%2F%2Fexample.com%2F&",
        "GET&https%3A%2F%2Fexample.com%3A8443%2F&",
    ]


def test_signs_are_encoded_as_the_standard_asks() -> None:
    assert encoded("-._~ +/ñ☃") == "-._~%20%2B%2F%C3%B1%E2%98%83"


def test_keys_do_not_show_their_secrets() -> None:
    assert "kAcSOqF21" not in repr(OFFICE)
