"""After every migration the roles hold the permissions that the installed apps grant."""

from __future__ import annotations

from typing import Any


def ensure_roles_exist(sender: Any, **kwargs: Any) -> None:
    from pregon.accounts import actions as accounts  # the app registry is complete only now

    accounts.ensure_roles()
