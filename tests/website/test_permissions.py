from __future__ import annotations

from pregon.accounts.enums import Role
from pregon.accounts.registry import GRANTS
from pregon.website.permissions import SEE_VERSIONS


def test_only_who_answers_for_the_record_opens_the_archive() -> None:
    assert {role for role in Role if SEE_VERSIONS in GRANTS[role]} == {Role.HEAD, Role.TRANSPARENCY}
