"""`boatyard project`: add, list, show, set, remove."""

from __future__ import annotations

import argparse
from typing import Any

from msgspec import UNSET

from core.cli.budget import budget_words, declare_budget, given_budget
from core.cli.invocation import Invocation
from core.cli.output import short
from core.cli.verb import Verb
from core.cli.verbs.paths import repo_key
from core.cli.verbs.repo import SCRIPTS, declare_scripts
from core.client import Client
from core.errors import NotFoundError
from core.values.entities import Project, ProjectRepo
from core.values.requests import AddProject, UpdateProject, UpdateProjectRepo
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
        budget=given_budget(args),
        add_repos=tuple(repo_key(path) for path in args.add_repo),
        remove_repos=tuple(repo_key(path) for path in args.remove_repo),
    )
    async with call.engine() as client:
        await _tell(call, client, await client.update_project(args.project, body))


async def override(call: Invocation) -> None:
    """Changes what the project overrides; without options, shows it."""
    args = call.args
    changes: dict[str, Any] = {}  # field by field, so that one that was not named stays unset
    for kind in SCRIPTS:
        if (text := getattr(args, f"{kind}_script")) is not None:
            changes[f"{kind}_script"] = text
    if args.copy is not None:
        changes["copy_files"] = tuple(filter(None, args.copy))
    if args.parallel_setup is not None:
        changes["parallel_setup"] = None if args.parallel_setup == "as-repo" else args.parallel_setup == "yes"
    for name in args.as_repo:
        changes["copy_files" if name == "copy" else name.replace("-", "_")] = None
    body = UpdateProjectRepo(**changes)
    async with call.engine() as client:
        found = await client.update_project_repo(args.project, repo_key(args.repo), body)
    call.out.result(found, *_override_lines(found))


def _override_lines(found: ProjectRepo) -> list[str]:
    lines = []
    for name in found.__struct_fields__[2:]:
        value = getattr(found, name)
        text = ", ".join(value) if isinstance(value, tuple) else str(value)
        lines.append(f"{name.replace('_', ' '):<18} {'(as the repo says)' if value is None else text}")
    return lines


async def rules(call: Invocation) -> None:
    """Lists what agents are allowed or refused without asking; or removes one of it."""
    async with call.engine() as client:
        if call.args.remove:
            known = await client.rules(call.args.project)
            wanted = [rule.id for rule in known if rule.id.startswith(call.args.remove)]
            if len(wanted) != 1:
                raise NotFoundError(
                    f"{len(wanted)} rules of the project have ids that begin with {call.args.remove[:40]!r}",
                    hint=f"'boatyard project rules {call.args.project}' lists them.",
                )
            await client.remove_rule(wanted[0])
        found = await client.rules(call.args.project)
    rows = [
        (short(r.id), r.decision, r.executor, r.tool_kind, r.title[:60], r.detail.partition("\n")[0][:60])
        for r in found
    ]
    call.out.table(found, ("ID", "DECISION", "AGENT", "KIND", "TITLE", "WHAT"), rows)


async def remove(call: Invocation) -> None:
    async with call.engine() as client:
        await client.remove_project(call.args.project, force=call.args.force)
    call.out.result({"removed": call.args.project}, f"removed project {call.args.project}")


async def _tell(call: Invocation, client: Client, project: Project) -> None:
    paths = {repo.id: repo.path for repo in await client.repos()}
    lines = [f"id      {project.id}", f"name    {project.name}", f"merge   {project.merge_style.value}"]
    limits = budget_words(project.budget)
    lines += [f"budget  {limits}"] if limits else []
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
    declare_budget(parser)


def _rules(parser: argparse.ArgumentParser) -> None:
    _project(parser)
    parser.add_argument("--remove", metavar="ID", default="", help="ask about such requests again")


def _override(parser: argparse.ArgumentParser) -> None:
    _project(parser)
    parser.add_argument("repo", help="path, name or id of a repo of the project")
    declare_scripts(parser, ("yes", "no", "as-repo"))
    choices = (*(f"{kind}-script" for kind in SCRIPTS), "copy", "parallel-setup")
    parser.add_argument(
        "--as-repo",
        action="append",
        default=[],
        choices=[choice.replace("_", "-") for choice in choices],
        help="follow the repo's own setting again",
    )


VERBS = (
    Verb("project", "add", "add a project with its repositories", add, _add),
    Verb("project", "list", "list the projects", show_all, aliases=("ls",)),
    Verb("project", "show", "show a project", show, _project),
    Verb("project", "set", "change a project", change, _set),
    Verb("project", "override", "set scripts and copy-files of a repo for this project", override, _override),
    Verb("project", "rules", "list what agents may do without asking", rules, _rules),
    Verb("project", "remove", "remove a project with its tasks", remove, _remove),
)
