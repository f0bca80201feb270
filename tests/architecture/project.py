"""Where the project's own files are, for the tests that read them."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "pregon"
TESTS = ROOT / "tests"


def floors() -> dict[str, int]:
    """The floor of each app, read where the import linter reads it; 0 is the ground."""
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    [layers] = [contract["layers"] for contract in linter["contracts"] if contract["id"] == "floors"]
    return {
        name.strip(" ()"): floor for floor, layer in enumerate(reversed(layers)) for name in layer.split("|")
    }


def committed() -> list[Path]:
    """Every file that is committed, or would be with the next commit."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]
