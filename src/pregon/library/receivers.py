"""A deleted photo takes its copies along."""

from __future__ import annotations

import shutil
from typing import Any

from django.db import transaction

from pregon.library.models import Photo
from pregon.library.queries import folder_of


def remove_copies(instance: Photo, **kwargs: Any) -> None:
    transaction.on_commit(lambda: shutil.rmtree(folder_of(instance), ignore_errors=True))
