"""An address of a browser is whole or it is none."""

from __future__ import annotations

import pytest

from pregon.channels.webpush.address import LONGEST, Browser
from pregon.delivery.errors import Rejected

KEY = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
SECRET = "BTBZMqHH6r4Tts7J_aSIgg"
ENDPOINT = "https://updates.push.services.mozilla.com/wpush/v2/gAAAAAB_muestra-1:x"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (f" {ENDPOINT}#{KEY}.{SECRET} ", f"{ENDPOINT}#{KEY}.{SECRET}"),
        (f"{ENDPOINT}#{KEY}=.{SECRET}==", f"{ENDPOINT}#{KEY}.{SECRET}"),
        (f"HTTPS://Push.Example/A?b=C#{KEY}.{SECRET}", f"https://push.example/A?b=C#{KEY}.{SECRET}"),
        (f"https://[2001:DB8::1]:8443/a#{KEY}.{SECRET}", f"https://[2001:db8::1]:8443/a#{KEY}.{SECRET}"),
    ],
)
def test_an_address_has_one_spelling(typed: str, kept: str) -> None:
    assert str(Browser.at(typed).check()) == kept


def test_its_parts_are_what_the_browser_gave() -> None:
    browser = Browser.at(f"{ENDPOINT}#{KEY}.{SECRET}")
    assert (browser.origin, browser.host, browser.endpoint) == (
        "https://updates.push.services.mozilla.com",
        "updates.push.services.mozilla.com",
        ENDPOINT,
    )
    assert (browser.key[0], len(browser.key), len(browser.secret)) == (4, 65, 16)


@pytest.mark.parametrize(
    "wrong",
    [
        ENDPOINT,
        f"{ENDPOINT}#{KEY}",
        f"{ENDPOINT}#{KEY}.",
        f"{ENDPOINT}#{KEY[:-1]}.{SECRET}",
        f"{ENDPOINT}#{KEY}.{SECRET}AA",
        f"{ENDPOINT}#{SECRET}.{KEY}",
        f"ftp://push.example/a#{KEY}.{SECRET}",
        f"https://a:b@push.example/a#{KEY}.{SECRET}",
        f"https://push.example#{KEY}.{SECRET}",
        f"https://push.example/a b#{KEY}.{SECRET}",
        f"https://push.example/a\r\nX: y#{KEY}.{SECRET}",
        f"https://push.example/á#{KEY}.{SECRET}",
        f"https://push.example/{'a' * LONGEST}#{KEY}.{SECRET}",
    ],
)
def test_what_is_not_whole_is_refused(wrong: str) -> None:
    with pytest.raises(Rejected):
        Browser.at(wrong)


def test_a_key_beside_the_curve_is_refused() -> None:
    with pytest.raises(Rejected):
        Browser.at(f"{ENDPOINT}#B{'A' * 86}.{SECRET}").check()
