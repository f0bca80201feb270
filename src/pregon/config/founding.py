"""Founding an office: its folder, its secret, its database, its first records.

Runs before settings can be read, because the secret key that settings demand is made here.
"""

from __future__ import annotations

import argparse
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from pregon.core.home import Home


def office_home() -> Home:
    return Home(Path(os.environ.get("PREGON_HOME", "var")).expanduser().resolve())


def prepare_home() -> Home:
    """Create the folders of the office and, the first time, its secret key (only the owner may read it)."""
    home = office_home()
    home.prepare()
    if not home.secret.exists():
        descriptor = os.open(home.secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(64))
    return home


def lend_key() -> None:
    """A key for as long as this process lasts: whoever asks what a command does may have no office yet."""
    if not (os.environ.get("PREGON_SECRET_KEY_FILE") or office_home().secret.exists()):
        os.environ.setdefault("PREGON_SECRET_KEY", secrets.token_urlsafe(64))


def keep_address(arguments: Sequence[str]) -> None:
    """Remember the port that ``up`` or ``demo`` was told, so that links in pages and messages carry it.

    An office with PREGON_BASE_URL has an address of its own, whatever port stands behind it.
    """
    if os.environ.get("PREGON_BASE_URL"):
        return
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--port", type=int)
    try:
        known, _ = parser.parse_known_args(list(arguments))
    except SystemExit:
        return  # the command itself will say what is wrong with it
    if known.port:
        office_home().keep_address(f"http://localhost:{known.port}")
