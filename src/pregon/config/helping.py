"""The help of an order in the language of whoever asks for it; argparse speaks English whatever the locale."""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser
from typing import Any

from django.core.management.base import DjangoHelpFormatter


class SpanishHelp(DjangoHelpFormatter):
    """Django's order of options under a Spanish word for the usage."""

    def add_usage(
        self, usage: str | None, actions: Any, groups: Any, prefix: str | None = None, **more: Any
    ) -> None:
        super().add_usage(usage, actions, groups, prefix or "Uso: ", **more)


def in_spanish(parser: ArgumentParser) -> None:
    """Replace what argparse writes of its own in the help of ``parser``, and leave out what is Django's alone."""
    for action in parser._actions:  # noqa: SLF001 - the same as below
        if "--skip-checks" in action.option_strings:
            action.help = SUPPRESS
    parser.formatter_class = SpanishHelp
    parser._positionals.title = "Lo que se dice"  # noqa: SLF001 - argparse offers no other way to name them
    parser._optionals.title = "Opciones"  # noqa: SLF001 - the same
