"""`boatyard repo`: add, list, show, set, remove."""

from __future__ import annotations

import argparse
import asyncio
import sys

from msgspec import UNSET

from core.cli.cloning import telling_of_clones
from core.cli.invocation import Invocation
from core.cli.output import short
from core.cli.verb import Verb
from core.cli.verbs.paths import absolute, repo_key
from core.errors import BoatyardError, UsageError
from core.values.entities import Repo
from core.values.own_files import OwnFile
from core.values.requests import AddRepo, TrustOwnFile, UpdateRepo

SCRIPTS = ("setup", "cleanup", "check", "archive", "dev_server")


async def add(call: Invocation) -> None:
    into = str(absolute(call.args.into)) if call.args.into else ""
    async with call.engine() as client, telling_of_clones(call.out, client):
        repo = await client.add_repo(AddRepo(path=repo_key(call.args.path), into=into))
    call.out.result(repo, f"added {repo.path} ({short(repo.id)})")


async def show_all(call: Invocation) -> None:
    async with call.engine() as client:
        repos = await client.repos()
    rows = [(short(r.id), r.name, r.target_branch or "-", r.path) for r in repos]
    call.out.table(repos, ("ID", "NAME", "TARGET", "PATH"), rows)


async def show(call: Invocation) -> None:
    key = repo_key(call.args.repo)
    async with call.engine() as client:
        repo = await client.repo(key)
        try:
            own = _own_file_line(await client.own_file(key))
        except BoatyardError as error:  # the repository is gone, say: its settings are shown all the same
            own = f"own file        {error.message}"
        _tell(call, repo, own)


async def trust(call: Invocation) -> None:
    """Shows the repository's own file and trusts what was shown; on a terminal it asks before."""
    args = call.args
    async with call.engine() as client:
        key = repo_key(args.repo)
        seen = await client.own_file(key, args.branch)
        if args.show:
            call.out.result(seen, *own_file_lines(seen))
            return
        if seen.found and not seen.problem and not seen.trusted and not args.yes:
            if call.out.json or not sys.stdin.isatty():
                raise UsageError(
                    "trust is asked for, and there is no terminal to ask on",
                    hint=f"Read it with 'boatyard repo trust {args.repo} --show', then give --yes.",
                )
            call.out.note("\n".join(own_file_lines(seen)))
            if not await asyncio.to_thread(_agreed):
                call.out.note("not trusted")
                return
        done = await client.trust_own_file(key, TrustOwnFile(digest=seen.digest, branch=args.branch))
    told = ", ".join(done.names) or "it sets nothing"
    call.out.result(done, f"{done.repo}: {done.digest[:12]} of {done.branch} is trusted: {told}")


async def untrust(call: Invocation) -> None:
    async with call.engine() as client:
        repo = await client.untrust_own_file(repo_key(call.args.repo))
    call.out.result(repo, f"{repo.name}: nothing of its .boatyard.toml is used any more")


def own_file_lines(seen: OwnFile) -> list[str]:
    """What a repository's own file says, and whether it is used."""
    if not seen.found:
        return [f"{seen.repo}: the branch {seen.branch} has no .boatyard.toml"]
    state = seen.problem or ("trusted" if seen.trusted else "not trusted: not used")
    head = f".boatyard.toml of {seen.repo}, branch {seen.branch}, SHA-256 {seen.digest}"
    sets = [f"sets: {', '.join(seen.names)}"] if seen.names else []
    return [head, *(f"    {line}" for line in seen.text.splitlines()), *sets, state]


def _agreed() -> bool:
    try:
        answer = input("Run its scripts in new workspaces, and use what else it says? [y/N] ")
    except EOFError:
        return False
    return answer.strip().lower() in ("y", "yes")


async def change(call: Invocation) -> None:
    args = call.args
    given = {name: getattr(args, name) for name in ("display_name", "target_branch", *_script_names())}
    settings = {name: UNSET if value is None else value for name, value in given.items()}
    if args.parallel_setup is not None:
        settings["parallel_setup"] = args.parallel_setup == "yes"
    if args.copy is not None:
        settings["copy_files"] = tuple(filter(None, args.copy))
    async with call.engine() as client:
        _tell(call, await client.update_repo(repo_key(args.repo), UpdateRepo(**settings)))


async def remove(call: Invocation) -> None:
    async with call.engine() as client:
        await client.remove_repo(repo_key(call.args.repo))
    call.out.result({"removed": call.args.repo}, f"forgot {call.args.repo}; the repository is untouched")


def _script_names() -> list[str]:
    return [f"{kind}_script" for kind in SCRIPTS]


def _own_file_line(seen: OwnFile) -> str:
    if not seen.found:
        return ""
    if seen.trusted:
        return f"own file        .boatyard.toml of {seen.branch}, trusted: {', '.join(seen.names)}"
    how = seen.problem or f"not trusted, not used: boatyard repo trust {seen.repo}"
    return f"own file        .boatyard.toml of {seen.branch}, {how}"


def _tell(call: Invocation, repo: Repo, *more: str) -> None:
    lines = [f"id              {repo.id}", f"path            {repo.path}", f"name            {repo.name}"]
    lines.append(f"target branch   {repo.target_branch or '(what is checked out)'}")
    for name in _script_names():
        if text := getattr(repo, name):
            lines.append(f"{name.replace('_', ' '):<15} {text}")
    lines += [f"copy files      {pattern}" for pattern in repo.copy_files]
    if repo.parallel_setup:
        lines.append("set-up          side by side with other repos'")
    call.out.result(repo, *lines, *filter(None, more))


def _repo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("repo", help="path, name or id")


def declare_scripts(parser: argparse.ArgumentParser, parallel: tuple[str, ...]) -> None:
    """Options about how workspaces of a repo set themselves up."""
    for kind in SCRIPTS:
        option = f"--{kind.replace('_', '-')}-script"
        parser.add_argument(option, metavar="SCRIPT", help=f"shell script for {kind.replace('_', ' ')}")
    parser.add_argument("--parallel-setup", choices=parallel, help="run it while other repos set up")
    parser.add_argument(
        "--copy",
        action="append",
        metavar="PATTERN",
        help="files beside git that a new workspace gets, such as '.env*' or '!**/*.log'; "
        "may be given several times, replaces what was set; '': none",
    )


def _add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", help="path of a git repository, or the address of one to clone")
    parser.add_argument("--into", metavar="DIR", default="", help="folder to clone an address into")


def _set(parser: argparse.ArgumentParser) -> None:
    _repo(parser)
    parser.add_argument("--display-name")
    parser.add_argument("--target-branch", help="default target branch; empty: what is checked out")
    declare_scripts(parser, ("yes", "no"))


def _trust(parser: argparse.ArgumentParser) -> None:
    _repo(parser)
    parser.add_argument("--branch", default="", help="whose file; without: the target branch's")
    parser.add_argument("--show", action="store_true", help="show what it says and change nothing")
    parser.add_argument("--yes", action="store_true", help="trust it without asking")


VERBS = (
    Verb("repo", "add", "make a git repository known", add, _add),
    Verb("repo", "list", "list the repositories", show_all, aliases=("ls",)),
    Verb("repo", "show", "show a repository's settings", show, _repo),
    Verb("repo", "set", "change scripts and defaults of a repository", change, _set),
    Verb("repo", "trust", "let a repository's own .boatyard.toml say how to set up", trust, _trust),
    Verb("repo", "untrust", "take that back, for whatever it says", untrust, _repo),
    Verb("repo", "remove", "forget a repository", remove, _repo),
)
