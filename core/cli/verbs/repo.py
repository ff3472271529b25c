"""`boatyard repo`: add, list, show, set, remove."""

from __future__ import annotations

import argparse

from msgspec import UNSET

from core.cli.cloning import telling_of_clones
from core.cli.invocation import Invocation
from core.cli.output import short
from core.cli.verb import Verb
from core.cli.verbs.paths import absolute, repo_key
from core.values.entities import Repo
from core.values.requests import AddRepo, UpdateRepo

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
    async with call.engine() as client:
        _tell(call, await client.repo(repo_key(call.args.repo)))


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


def _tell(call: Invocation, repo: Repo) -> None:
    lines = [f"id              {repo.id}", f"path            {repo.path}", f"name            {repo.name}"]
    lines.append(f"target branch   {repo.target_branch or '(what is checked out)'}")
    for name in _script_names():
        if text := getattr(repo, name):
            lines.append(f"{name.replace('_', ' '):<15} {text}")
    lines += [f"copy files      {pattern}" for pattern in repo.copy_files]
    if repo.parallel_setup:
        lines.append("set-up          side by side with other repos'")
    call.out.result(repo, *lines)


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


VERBS = (
    Verb("repo", "add", "make a git repository known", add, _add),
    Verb("repo", "list", "list the repositories", show_all, aliases=("ls",)),
    Verb("repo", "show", "show a repository's settings", show, _repo),
    Verb("repo", "set", "change scripts and defaults of a repository", change, _set),
    Verb("repo", "remove", "forget a repository", remove, _repo),
)
