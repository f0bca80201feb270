from __future__ import annotations

import pytest
from django.utils import timezone

from factories import newsroom as news
from factories.website import nothing_due
from pregon.core.home import Home
from pregon.website import actions as website
from pregon.website.actions import baking, rebuilding
from pregon.website.actions.rebuilding import Progress
from pregon.website.models import BakedPage
from pregon.website.values import Answer

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def test_everything_is_baked_anew_and_told(home: Home) -> None:
    bulletin = news.published("Pozo nuevo")
    told: list[Progress] = []
    ended = website.rebuild(at=timezone.now(), tell=told.append)
    assert (ended.left, ended.resumed, rebuilding.begun().exists()) == (0, False, False)
    assert told[0].left == ended.total
    assert (home.baked / bulletin.get_absolute_url().strip("/") / "index.html").exists()


def test_what_was_baked_since_it_began_is_not_baked_again(home: Home) -> None:
    news.published("Pozo nuevo")
    nothing_due()
    seen: list[str] = []

    class Killed(BaseException):
        pass

    def until(count: int) -> None:
        ask = baking.ask

        def asked(path: str) -> Answer:
            if len(seen) == count:
                raise Killed
            seen.append(path)
            return ask(path)

        baking.ask, kept = asked, ask
        try:
            website.rebuild(at=timezone.now())
        except Killed:
            pass
        finally:
            baking.ask = kept

    until(10)
    first = list(seen)
    BakedPage.objects.filter(lease_until__isnull=False).update(lease_until=timezone.now())
    until(10_000)
    assert len(first) == 10
    assert sorted(set(seen)) == sorted(seen)


def test_a_page_that_cannot_be_baked_does_not_hold_up_the_end(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    news.town()
    ask = baking.ask

    def broken(path: str) -> Answer:
        if path == "/privacidad/":
            raise RuntimeError("broken")
        return ask(path)

    monkeypatch.setattr(baking, "ask", broken)
    monkeypatch.setattr(rebuilding, "PAUSE", 0)
    ended = website.rebuild(at=timezone.now())
    assert ended.left == 1
    assert rebuilding.begun().exists()
