"""Settings are read once, typed, and complain all together.

Every reader notes what it asked for, so that the reference page and ``.env.example`` can be checked against it.
``secret`` also accepts ``NAME_FILE``, the path of a file that holds the value.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(slots=True)
class Env:
    """Typed readers over environment variables."""

    source: Mapping[str, str] = field(default_factory=lambda: os.environ)
    problems: list[str] = field(default_factory=list)
    known: dict[str, str] = field(default_factory=dict)

    def text(self, name: str, default: str = "") -> str:
        self.known[name] = default
        return self.source.get(name, default).strip()

    def flag(self, name: str, *, default: bool = False) -> bool:
        self.known[name] = "1" if default else "0"
        match self.source.get(name, "").strip().lower():
            case "":
                return default
            case "1" | "true" | "yes" | "si" | "sí":
                return True
            case "0" | "false" | "no":
                return False
            case other:
                self.problems.append(f"{name} debe ser 1 o 0, y dice «{other}».")
                return default

    def number(self, name: str, default: int) -> int:
        self.known[name] = str(default)
        raw = self.source.get(name, "").strip()
        if not raw:
            return default
        try:
            return int(raw)
        except ValueError:
            self.problems.append(f"{name} debe ser un número entero, y dice «{raw}».")
            return default

    def names(self, name: str, default: str = "") -> list[str]:
        return [part.strip() for part in self.text(name, default).split(",") if part.strip()]

    def secret(self, name: str, *, file: Path | None = None) -> str:
        """The value of ``name``, of the file that ``name_FILE`` points to, or of ``file``; "" when nowhere."""
        self.known[name] = ""
        self.known[f"{name}_FILE"] = ""
        if value := self.source.get(name, "").strip():
            return value
        pointed = self.source.get(f"{name}_FILE", "").strip()
        path = Path(pointed) if pointed else file
        if path is None or not path.exists():
            if pointed:
                self.problems.append(f"{name}_FILE apunta a «{pointed}», que no existe.")
            return ""
        return path.read_text(encoding="utf-8").strip()
