"""Runs one command: parses it, does it, and turns every error into a line, a hint and an exit code."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence

from core.cli.invocation import Invocation
from core.cli.output import Output
from core.cli.parser import make_parser
from core.cli.verbs import verbs_for
from core.errors import BoatyardError
from core.garbage import leave_alone_what_is_loaded
from core.paths import find_home

INTERRUPTED = 130
BROKEN_PIPE = 141


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command line; returns the process's exit code.

    0 done, 1 failed, 2 bad usage, 3 not found, 4 conflict, 5 engine or container engine not reachable,
    130 interrupted.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    out = Output(json="--json" in arguments)
    leave_alone_what_is_loaded()
    try:
        args = make_parser(verbs_for(arguments)).parse_args(arguments)
        out = Output(json=bool(args.json))
        invocation = Invocation(args, find_home(args.home), out)
        return asyncio.run(args.run(invocation)) or 0
    except BoatyardError as error:
        out.error(error)
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough; nothing more may be written, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE


if __name__ == "__main__":
    sys.exit(main())
