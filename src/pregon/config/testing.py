"""Settings for the tests: the same parts, in a home and under a key that live for one process.

It stands beside the settings and not inside them, because it must speak before they read the environment.
What a developer has set for an office of his own never reaches a test, but for the database to test on.
"""

from __future__ import annotations

import atexit
import os
import secrets
import shutil
import tempfile

for name in [name for name in os.environ if name.startswith("PREGON_") and name != "PREGON_DATABASE_URL"]:
    del os.environ[name]

_home = tempfile.mkdtemp(prefix="pregon-tests-")
atexit.register(shutil.rmtree, _home, ignore_errors=True)
os.environ |= {
    "PREGON_HOME": _home,
    "PREGON_SECRET_KEY": secrets.token_urlsafe(48),
    "PREGON_BASE_URL": "http://testserver",
    "PREGON_LOG_LEVEL": "ERROR",
}

from pregon.config.settings import *  # noqa: E402, F403 - the variables above must stand before

# A test hashes hundreds of passwords that protect nothing.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
