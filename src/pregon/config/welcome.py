"""The one-time address that lets the first head of the office sign up in the browser."""

from __future__ import annotations

import os
import secrets

from django.conf import settings


def welcome_address() -> str:
    """The address, made once and kept in the home until it is used."""
    token_file = settings.HOME.run / "welcome-token"
    if not token_file.exists():
        descriptor = os.open(token_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(24))
    return f"{settings.BASE_URL}/bienvenida/{token_file.read_text(encoding='utf-8').strip()}/"
