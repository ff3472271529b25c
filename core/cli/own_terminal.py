"""Giving the user's own terminal to another program."""

from __future__ import annotations

import os

from core.cli.invocation import Invocation
from core.errors import NotFoundError


def become(call: Invocation, argv: tuple[str, ...]) -> int:
    """Replaces this process by a program; with `--json` only prints its command line, and returns 0.

    Raises:
        NotFoundError: It is not on this machine.
    """
    if call.out.json:
        call.out.document({"argv": argv})
        return 0
    try:
        os.execvp(argv[0], argv)
    except OSError as error:
        raise NotFoundError(
            f"{argv[0]} cannot be started: {error.strerror}", hint="Is it installed on this machine?"
        ) from error
