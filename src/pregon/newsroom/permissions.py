"""Who may write, approve and publish; and which bulletins and live coverages the public sees."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from pregon.accounts.enums import Role
from pregon.accounts.registry import grant
from pregon.core import visibility
from pregon.core.visibility import Reader
from pregon.newsroom.models import PIECES, Bulletin, LiveBlog


def bulletin_rule(to: Reader, at: datetime) -> Q:
    """Live, not withdrawn, and past its embargo: the hour is asked again although Wagtail keeps it too."""
    if to is Reader.DESK:
        return Q()
    return Q(live=True, withdrawn_at__isnull=True, number__isnull=False) & (
        Q(go_live_at__isnull=True) | Q(go_live_at__lte=at)
    )


def piece_rule(to: Reader, at: datetime) -> Q:
    """Live, and past its embargo."""
    if to is Reader.DESK:
        return Q()
    return Q(live=True) & (Q(go_live_at__isnull=True) | Q(go_live_at__lte=at))


def live_rule(to: Reader, at: datetime) -> Q:
    """As its act: one that is no longer announced takes its live coverage along."""
    if to is Reader.DESK:
        return Q()
    return Q(opened_at__lte=at, act__public=True) & (
        Q(act__public_from__isnull=True) | Q(act__public_from__lte=at)
    )


def register() -> None:
    visibility.rule_for(Bulletin, bulletin_rule)
    for kind in PIECES:
        visibility.rule_for(kind, piece_rule)
    visibility.rule_for(LiveBlog, live_rule)
    grant(Role.EDITOR, permissions=["newsroom.view_bulletin", "newsroom.view_correction"])
    grant(
        Role.EDITOR,
        Role.PHOTOGRAPHER,
        permissions=["newsroom.view_liveblog", "newsroom.add_liveblog", "newsroom.add_livepost"],
    )
    grant(Role.HEAD, permissions=["newsroom.add_correction", "newsroom.add_withdrawal"])
