"""One secret address, the same until it is used."""

from __future__ import annotations

from pregon.config.welcome import welcome_address
from pregon.core.home import Home


def test_the_address_stays_the_same_until_it_is_used(home: Home) -> None:
    first = welcome_address()
    assert welcome_address() == first
    (home.run / "welcome-token").unlink()
    assert welcome_address() != first


def test_the_address_is_of_this_site_and_its_secret_is_for_the_owner_only(home: Home) -> None:
    token = home.run / "welcome-token"
    address = welcome_address()
    assert address == f"http://testserver/bienvenida/{token.read_text()}/"
    assert (token.stat().st_mode & 0o777, len(token.read_text()) >= 32) == (0o600, True)
