"""Finds the row that a user means: by full id, a unique prefix of four characters or more, or its name.

Call on the store's thread.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, TypeVar

import peewee

from core.errors import NotFoundError, UsageError
from core.store import models as m
from core.values.states import WorkspaceState

R = TypeVar(
    "R",
    bound=m.Project
    | m.Repo
    | m.Task
    | m.ExecutionProcess
    | m.Operation
    | m.Approval
    | m.QueuedPrompt
    | m.ApprovalRule
    | m.Image
    | m.Tag
    | m.Template
    | m.ApiToken,
)

PREFIX = 4
"""Characters of an id that are enough when no other id begins with them."""
SHOWN = 80


def project(key: str) -> m.Project:
    """The project with this name or id.

    Raises:
        NotFoundError: There is none.
        UsageError: Several ids begin with the key.
    """
    return m.Project.get_or_none(m.Project.name == key) or by_id(m.Project, key, "project")


def repo(key: str) -> m.Repo:
    """The repo with this path, name or id; a name that several repos have is an error that lists them.

    Raises:
        NotFoundError: There is none.
        UsageError: Several are meant.
    """
    if os.sep in key or key in (".", ".."):
        found: m.Repo | None = m.Repo.get_or_none(m.Repo.path == str(Path(key).resolve()))
        if found is None:
            raise NotFoundError(
                f"no repo at {key[:SHOWN]!r} is known", hint="Add it with 'boatyard repo add'."
            )
        return found
    named = list(m.Repo.select().where((m.Repo.name == key) | (m.Repo.display_name == key)))
    if len(named) > 1:
        paths = ", ".join(row.path for row in named)
        raise UsageError(f"{len(named)} repos are named {key!r}", hint=f"Give one of the paths: {paths}.")
    return named[0] if named else by_id(m.Repo, key, "repo")


def template(key: str) -> m.Template:
    """By name, else by id or its beginning."""
    row: m.Template | None = m.Template.get_or_none(m.Template.name == key)
    return row if row is not None else by_id(m.Template, key, "template")


def tag(key: str) -> m.Tag:
    """By name, else by id or its beginning."""
    row: m.Tag | None = m.Tag.get_or_none(m.Tag.name == key)
    return row if row is not None else by_id(m.Tag, key, "tag")


def image(key: str) -> m.Image:
    return by_id(m.Image, key, "image")


def task(key: str) -> m.Task:
    return by_id(m.Task, key, "task")


def workspace(name: str) -> m.Workspace:
    """The workspace of this name, also one in the trash.

    Raises:
        NotFoundError: There is none.
    """
    found: m.Workspace | None = m.Workspace.get_or_none(m.Workspace.name == name)
    if found is None:
        raise NotFoundError(
            f"there is no workspace named {name[:SHOWN]!r}",
            hint="'boatyard workspace list' shows the names.",
        )
    return found


def live_workspace(name: str) -> m.Workspace:
    """The workspace of this name that is not in the trash.

    Raises:
        NotFoundError: There is none, or it was removed.
    """
    found = workspace(name)
    if found.state == WorkspaceState.DELETED:
        raise NotFoundError(
            f"the workspace {name!r} was removed",
            hint=f"'boatyard workspace recover {name}' brings it back.",
        )
    return found


def latest_session(row: m.Workspace) -> m.Session | None:
    """The session that a workspace's next prompt goes to; one that a rewind took back is none."""
    live = row.sessions.where(m.Session.dropped.is_null() | ~m.Session.dropped)
    session: m.Session | None = live.order_by(m.Session.created_at.desc(), peewee.SQL("rowid DESC")).first()
    return session


def by_id(model: type[R], key: str, noun: str) -> R:
    """The row of `model` whose id is `key` or begins with it.

    Raises:
        NotFoundError: There is none.
        UsageError: Several ids begin with the key.
    """
    table: Any = model
    prefix = key.lower().replace("-", "")
    if len(prefix) < PREFIX or not all(char in "0123456789abcdef" for char in prefix):
        raise NotFoundError(
            f"there is no {noun} {key[:SHOWN]!r}", hint=f"'boatyard {noun} list' shows what there is."
        )
    found = list(table.select().where(table.id.startswith(prefix)).limit(2))
    if not found:
        raise NotFoundError(
            f"there is no {noun} {key[:SHOWN]!r}", hint=f"'boatyard {noun} list' shows what there is."
        )
    if len(found) > 1:
        raise UsageError(f"several {noun}s have ids that begin with {key!r}", hint="Give more of the id.")
    row: R = found[0]
    return row
