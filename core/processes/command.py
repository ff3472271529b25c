"""What a process is asked to be: arguments, folder, environment, input."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from core.errors import UsageError

ARGUMENT_LIMIT = 128 * 1024
"""Bytes of one argument, its end included, that Linux takes (`MAX_ARG_STRLEN`, execve(2))."""


@dataclass(frozen=True)
class Command:
    """A command for a runner; the paths are those that the command itself sees."""

    argv: tuple[str, ...]
    cwd: str
    """Absolute path of the folder to start in."""
    env: dict[str, str] = field(default_factory=dict)
    """Laid over the runner's environment. May hold secrets: never written to disk or into a log."""
    stdin: bytes | None = None
    """All of standard input; None when it comes piece by piece through the run directory."""

    def check(self) -> None:
        """Refuses what no operating system would start.

        Raises:
            UsageError: No argument, a NUL byte, a relative folder, or an argument that is too long.
        """
        if not self.argv or not self.argv[0]:
            raise UsageError("an empty command cannot be run", hint="Give the command to run.")
        if not self.cwd.startswith("/"):
            raise UsageError(f"the folder to run in is not absolute: {self.cwd!r}")
        for text in (*self.argv, self.cwd, *self.env, *self.env.values()):
            if "\0" in text:
                raise UsageError(f"an argument or variable of {self.argv[0]!r} holds a NUL byte")
        for name in self.env:
            if not name or "=" in name:
                raise UsageError(f"{name!r} cannot be the name of an environment variable")
        for text in self.argv:
            if len(os.fsencode(text)) >= ARGUMENT_LIMIT:
                raise UsageError(
                    f"an argument of {self.argv[0]!r} is {len(os.fsencode(text))} bytes long, "
                    f"and the system takes less than {ARGUMENT_LIMIT}",
                    hint="Pass long text on standard input, or in a file.",
                )
