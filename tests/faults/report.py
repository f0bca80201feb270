"""What a fault did, in numbers: ``make faults`` shows it."""

from __future__ import annotations

import sys
from typing import Any


def report(fault: str, **counts: Any) -> None:
    words = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items())
    sys.stdout.write(f"\n{fault}: {words}\n")
