"""How a verb is declared: its name, its arguments and the function that does it."""

from __future__ import annotations

import argparse
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from core.cli.invocation import Invocation

Run = Callable[[Invocation], Awaitable[int | None]]
Declare = Callable[[argparse.ArgumentParser], object]


@dataclass(frozen=True)
class Verb:
    """One verb of a noun, or one that stands alone (`noun` empty). `run` gives the exit code, or None: 0."""

    noun: str
    name: str
    help: str
    run: Run
    declare: Declare = lambda parser: None
    aliases: tuple[str, ...] = ()
