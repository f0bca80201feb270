"""Nobody in an office needs English to read the help."""

from __future__ import annotations

import pytest

from pregon.config import cli


@pytest.mark.parametrize("name", sorted(cli.COMMANDS))
def test_the_help_of_every_order_is_in_spanish(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([name, "--help"]) == 0
    told = capsys.readouterr().out
    assert told.startswith(f"Uso: pregon {name}")
    assert "\nOpciones:\n" in told
    assert [word for word in ("usage", "positional", "options:", "Skip", "show this") if word in told] == []
