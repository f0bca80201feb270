"""Settings for the tests: the same parts, a home and a key that live for one run."""

from __future__ import annotations

import os
import secrets
import tempfile

os.environ.setdefault("PREGON_HOME", tempfile.mkdtemp(prefix="pregon-tests-"))
os.environ.setdefault("PREGON_SECRET_KEY", secrets.token_urlsafe(48))
os.environ.setdefault("PREGON_BASE_URL", "http://testserver")

from pregon.config.settings import *  # noqa: F403 - the variables above must stand before

# A test hashes hundreds of passwords that protect nothing.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
