"""Options about a workspace's environment, shared by the verbs that make one."""

from __future__ import annotations

import argparse

from core.errors import UsageError
from core.values.requests import WantedSettings
from core.values.states import RunnerKind


def declare_settings(parser: argparse.ArgumentParser) -> None:
    """Adds the options."""
    parser.add_argument("--runner", choices=[kind.value for kind in RunnerKind], help="where processes run")
    parser.add_argument("--image", default="", help="container image")
    parser.add_argument("--env", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--cpus", type=float)
    parser.add_argument("--memory-mb", type=int)
    parser.add_argument("--processes", type=int, help="how many processes at most")
    parser.add_argument("--network", choices=("full", "none"), default="")
    parser.add_argument(
        "--port",
        action="append",
        type=int,
        default=[],
        metavar="PORT",
        help="a port inside that this machine shall reach, by a loopback port of its own",
    )
    parser.add_argument(
        "--approve",
        choices=("ask", "edits", "all"),
        help="what agents may do unasked: nothing, edit files, everything",
    )


def wanted_settings(args: argparse.Namespace, approve: str = "") -> WantedSettings:
    """What the options say.

    Raises:
        UsageError: A variable is not of the form NAME=VALUE.
    """
    return WantedSettings(
        runner=RunnerKind(args.runner) if args.runner else None,
        image=args.image,
        env=dict(_variable(text) for text in args.env),
        cpus=args.cpus,
        memory_mb=args.memory_mb,
        processes=args.processes,
        network=args.network,
        ports=tuple(args.port),
        approve=args.approve or approve,
    )


def _variable(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise UsageError(f"{text[:60]!r} is no variable", hint="Write --env NAME=VALUE.")
    return name, value
