"""One call of the command line: its arguments, its home, its output, and its client of the engine."""

from __future__ import annotations

import argparse
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from core.cli.output import Output
from core.client import Client
from core.client.launch import ensure_engine
from core.paths import Home


@dataclass(frozen=True)
class Invocation:
    """What a verb's function is called with."""

    args: argparse.Namespace
    home: Home
    out: Output

    @asynccontextmanager
    async def engine(self) -> AsyncIterator[Client]:
        """A client of the home's engine, which is started when it does not run."""
        await ensure_engine(self.home)
        async with Client(self.home.socket, brief=True) as client:
            yield client
