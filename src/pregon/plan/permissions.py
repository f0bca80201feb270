"""Who may see the plan at the desk, and who may change it. On the site it is public whole."""

from __future__ import annotations

from pregon.accounts.enums import Role
from pregon.accounts.registry import grant

MODELS = ("plan", "programme", "indicator", "activity", "input")

SEE = "plan.view_plan"
CHANGE = "plan.change_plan"
CLOSE = "plan.close_month"
CAPTURE = "plan.add_capture"
EXPLAIN = "plan.add_deviation"
ADD = "plan.add_plan"


def register() -> None:
    grant(*Role, permissions=[f"plan.view_{model}" for model in MODELS])
    grant(
        Role.HEAD,
        permissions=[f"plan.{verb}_{model}" for verb in ("add", "change", "delete") for model in MODELS],
    )
    grant(Role.HEAD, permissions=[CLOSE])
    grant(Role.HEAD, Role.EDITOR, permissions=[CAPTURE, EXPLAIN])
