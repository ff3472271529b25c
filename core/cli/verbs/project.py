"""`boatyard project`: add, list, show, set, remove."""

from __future__ import annotations

import argparse

from msgspec import UNSET

from core.cli.invocation import Invocation
from core.cli.output import short
from core.cli.verb import Verb
from core.cli.verbs.paths import repo_key
from core.client import Client
from core.values.entities import Project
from core.values.requests import AddProject, UpdateProject
from core.values.states import MergeStyle


async def add(call: Invocation) -> None:
    async with call.engine() as client:
        repos = tuple(repo_key(path) for path in call.args.repos)
        project = await client.add_project(AddProject(name=call.args.name, repos=repos))
    call.out.result(project, f"added project {project.name} ({short(project.id)})")


async def show_all(call: Invocation) -> None:
    async with call.engine() as client:
        projects = await client.projects()
    rows = [(short(p.id), p.name, str(len(p.repo_ids)), p.merge_style.value) for p in projects]
    call.out.table(projects, ("ID", "NAME", "REPOS", "MERGE"), rows)


async def show(call: Invocation) -> None:
    async with call.engine() as client:
        await _tell(call, client, await client.project(call.args.project))


async def change(call: Invocation) -> None:
    args = call.args
    body = UpdateProject(
        name=args.name if args.name is not None else UNSET,
        merge_style=MergeStyle(args.merge_style) if args.merge_style else UNSET,
        add_repos=tuple(repo_key(path) for path in args.add_repo),
        remove_repos=tuple(repo_key(path) for path in args.remove_repo),
    )
    async with call.engine() as client:
        await _tell(call, client, await client.update_project(args.project, body))


async def remove(call: Invocation) -> None:
    async with call.engine() as client:
        await client.remove_project(call.args.project, force=call.args.force)
    call.out.result({"removed": call.args.project}, f"removed project {call.args.project}")


async def _tell(call: Invocation, client: Client, project: Project) -> None:
    paths = {repo.id: repo.path for repo in await client.repos()}
    lines = [f"id      {project.id}", f"name    {project.name}", f"merge   {project.merge_style.value}"]
    call.out.result(project, *lines, *(f"repo    {paths[repo_id]}" for repo_id in project.repo_ids))


def _project(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("project", help="name or id")


def _remove(parser: argparse.ArgumentParser) -> None:
    _project(parser)
    parser.add_argument("--force", action="store_true", help="also give up removed workspaces of it")


def _add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name")
    parser.add_argument("repos", nargs="*", metavar="REPO", help="path of a git repository")


def _set(parser: argparse.ArgumentParser) -> None:
    _project(parser)
    parser.add_argument("--name")
    parser.add_argument("--merge-style", choices=[style.value for style in MergeStyle])
    parser.add_argument("--add-repo", action="append", default=[], metavar="REPO")
    parser.add_argument("--remove-repo", action="append", default=[], metavar="REPO")


VERBS = (
    Verb("project", "add", "add a project with its repositories", add, _add),
    Verb("project", "list", "list the projects", show_all, aliases=("ls",)),
    Verb("project", "show", "show a project", show, _project),
    Verb("project", "set", "change a project", change, _set),
    Verb("project", "remove", "remove a project with its tasks", remove, _remove),
)
