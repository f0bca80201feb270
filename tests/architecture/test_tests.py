"""A test runs or fails. One that lacks its server is told to install it, not left out."""

from __future__ import annotations

import re

from architecture.project import ROOT, TESTS

LEFT_OUT = re.compile(r"pytest\.(?:mark\.)?(?:skip|xfail|importorskip)\b|unittest\.skip|\bskipif\b")


def test_no_test_is_left_out() -> None:
    found = {
        path.relative_to(TESTS).as_posix(): match[0]
        for path in TESTS.rglob("*.py")
        if (match := LEFT_OUT.search(path.read_text(encoding="utf-8")))
    }
    assert found == {}


def test_whatever_asks_the_database_to_keep_a_promise_runs_on_both_databases() -> None:
    """Rows, the questions about them, the verbs that change them, the lists that search them; and what commits."""
    asking = re.compile(
        r"/(?:test_(?:models|queries|actions|search|viewsets)\.py|actions/|measures/|search/)"
    )
    sources = {
        path.relative_to(TESTS).as_posix(): path.read_text(encoding="utf-8")
        for path in TESTS.rglob("test_*.py")
        if not {"journeys", "servers"} & set(path.parts)
    }
    promising = {
        name
        for name, source in sources.items()
        if (asking.search(name) and "django_db" in source) or "transaction=True" in source
    }
    assert {name for name in promising if "mark.postgresql" not in sources[name]} == set()


def test_ci_runs_what_a_developer_runs() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    commands = [line for line in script if line and not line.startswith("#")]
    assert commands == ["set -euo pipefail", 'cd "$(dirname "$0")/.."', "export CI=1", "make test"]
