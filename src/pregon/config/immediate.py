"""Wagtail's own chores (its search index, its index of references) done at once, each in a savepoint of its own.

The library's backend only notes that a chore failed. On PostgreSQL a failed statement spoils the transaction around
it, and a publication would be said to be done and then be undone without a word.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django_tasks.backends import immediate
from django_tasks.base import TaskResultStatus


class ImmediateBackend(immediate.ImmediateBackend):
    """A chore that fails takes back what it did itself, and nothing else."""

    def enqueue(self, task: Any, args: Any, kwargs: Any) -> Any:
        with transaction.atomic():
            result = super().enqueue(task, args, kwargs)
            if result.status == TaskResultStatus.FAILED:
                transaction.set_rollback(True)
        return result
