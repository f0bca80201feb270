"""Which permissions each role has, told by each app about its own models.

``accounts`` stands below every feature and cannot name their permissions, so they are handed up at start.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from pregon.accounts.enums import Role

GRANTS: defaultdict[Role, set[str]] = defaultdict(set)


def grant(*roles: Role, permissions: Iterable[str]) -> None:
    """Give ``permissions`` ("app_label.codename") to each of ``roles``; the head of the office gets all of them."""
    given = set(permissions)
    for role in {*roles, Role.HEAD}:
        GRANTS[role] |= given
