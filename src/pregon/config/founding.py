"""Founding an office: its folder, its secret, its database, its first records.

Runs before settings can be read, because the secret key that settings demand is made here.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from pregon.core.home import Home


def prepare_home() -> Home:
    """Create the folders of the office and, the first time, its secret key (only the owner may read it)."""
    home = Home(Path(os.environ.get("PREGON_HOME", "var")).expanduser().resolve())
    home.prepare()
    if not home.secret.exists():
        descriptor = os.open(home.secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(64))
    return home
