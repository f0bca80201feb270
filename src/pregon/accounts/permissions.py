"""Who may change the office's own records."""

from __future__ import annotations

from pregon.accounts.enums import Role
from pregon.accounts.registry import grant

RECORDS = ("department", "topic", "locality", "official", "daysoff")


def register() -> None:
    grant(
        Role.HEAD,
        permissions=[
            "accounts.change_office",
            *(
                f"accounts.{verb}_{record}"
                for record in RECORDS
                for verb in ("add", "change", "view", "delete")
            ),
        ],
    )
