"""Who may open the archive: whoever answers for the record."""

from __future__ import annotations

from pregon.accounts.enums import Role
from pregon.accounts.registry import grant

SEE_VERSIONS = "website.view_pageversion"


def register() -> None:
    grant(Role.HEAD, Role.TRANSPARENCY, permissions=[SEE_VERSIONS])
