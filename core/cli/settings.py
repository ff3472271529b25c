"""Options about a workspace's environment, shared by the verbs that make one."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from core.cli.env_file import read_env_file
from core.cli.verbs.paths import repo_key
from core.errors import UsageError
from core.values.requests import WantedSettings
from core.values.states import RunnerKind


def declare_settings(parser: argparse.ArgumentParser) -> None:
    """Adds the options."""
    parser.add_argument("--runner", choices=[kind.value for kind in RunnerKind], help="where processes run")
    parser.add_argument("--image", default="", help="container image")
    parser.add_argument("--dockerfile", default="", metavar="PATH", help="in the repository, to build from")
    parser.add_argument("--build-arg", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument(
        "--no-devcontainer", action="store_true", help="do not look for a devcontainer.json in the repository"
    )
    parser.add_argument("--env", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--env-file", action="append", default=[], metavar="FILE", help="NAME=VALUE lines")
    parser.add_argument(
        "--secret",
        action="append",
        default=[],
        metavar="NAME=REFERENCE",
        help="a variable whose value is kept nowhere: file:PATH, env:NAME or command:PROGRAM ARGUMENTS",
    )
    parser.add_argument(
        "--auth-file",
        action="append",
        default=[],
        metavar="PATH=REFERENCE",
        help="the same as a file of mode 0600 below the home folder inside",
    )
    parser.add_argument("--cpus", type=float)
    parser.add_argument("--memory-mb", "--memory", type=int, metavar="MB")
    parser.add_argument("--processes", type=int, help="how many processes at most")
    parser.add_argument("--disk", type=int, metavar="MB", help="of the workspace's files; 0: no limit")
    parser.add_argument("--network", choices=("full", "none", "allow"), default="")
    parser.add_argument(
        "--allow-host",
        action="append",
        metavar="HOST",
        help="with --network allow: example.org, *.example.org, example.org:8443, an address; repeatable",
    )
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
        dockerfile=args.dockerfile,
        build_args=dict(_variable(text) for text in args.build_arg),
        devcontainer=not args.no_devcontainer,
        env=_variables(args),
        secrets=_references(args.secret, "--secret NAME=file:PATH"),
        auth_files=_references(args.auth_file, "--auth-file .config/tool/auth.json=file:PATH"),
        cpus=args.cpus,
        memory_mb=args.memory_mb,
        processes=args.processes,
        disk_mb=args.disk,
        network=args.network,
        ports=tuple(args.port),
        allow_hosts=tuple(args.allow_host) if args.allow_host else None,
        approve=args.approve or approve,
    )


def declare_targets(parser: argparse.ArgumentParser) -> None:
    """Adds the options about branches."""
    parser.add_argument(
        "--target",
        action="append",
        default=[],
        metavar="[REPO=]BRANCH",
        help="branch to start from and merge into, such as main or origin/main; of one repository, or of all",
    )
    parser.add_argument("--template", default="", help="see 'boatyard template list'")
    parser.add_argument("--fetch", action="store_true", help="fetch from the remotes first")


def wanted_targets(args: argparse.Namespace) -> dict[str, Any]:
    """What the options say, as fields of the request."""
    named = [text.partition("=") for text in args.target if "=" in text]
    return {
        "target_branch": next((text for text in reversed(args.target) if "=" not in text), ""),
        "targets": {repo_key(repo): branch for repo, _, branch in named},
        "fetch": args.fetch,
        "template": args.template,
    }


def _variables(args: argparse.Namespace) -> dict[str, str]:
    """Of the files in their order, then those given one by one."""
    found: dict[str, str] = {}
    for path in args.env_file:
        found |= read_env_file(path)
    return found | dict(_variable(text) for text in args.env)


def _references(texts: list[str], example: str) -> dict[str, str]:
    """References; a file's path is made absolute, for the engine works in another folder."""
    found = {}
    for text in texts:
        name, equals, reference = text.partition("=")
        if not equals or not name:
            raise UsageError("a secret is given without its name", hint=f"Write {example}.")
        kind, _, rest = reference.partition(":")
        if kind == "file" and rest:
            reference = f"file:{Path(rest).expanduser().absolute()}"
        found[name] = reference
    return found


def _variable(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise UsageError(f"{text[:60]!r} is no variable", hint="Write --env NAME=VALUE.")
    return name, value
