"""Reads the templates that come with Pregón."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

SEEDS = Path(__file__).parent / "seeds" / "templates.yaml"


def templates() -> list[dict[str, Any]]:
    """Each template as the fields of its row."""
    written = yaml.safe_load(SEEDS.read_text(encoding="utf-8"))
    return [
        {**template, "edition": written["edition"], "position": position}
        for position, template in enumerate(written["templates"])
    ]
