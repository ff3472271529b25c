"""Repos: the user's repositories that Boatyard knows."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
from msgspec import UNSET

from core.engine.cloning import Cloning
from core.engine.overrides import check_creation_settings
from core.errors import ConflictError, NotFoundError, UsageError
from core.git.remotes import is_url
from core.git.user_repository import branch_commit, inspect_repository
from core.lifecycle.context import Context
from core.lifecycle.spares import forget_spare
from core.store import lookup, views
from core.store import models as m
from core.values.answers import RemovedAnswer
from core.values.entities import Repo
from core.values.events import Removed, RepoChanged
from core.values.requests import AddRepo, UpdateRepo
from core.values.states import WorkspaceState


class Repos:
    """What a user can do with repos."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._cloning = Cloning(context)

    async def list(self) -> tuple[Repo, ...]:
        def read() -> tuple[Repo, ...]:
            return tuple(views.repo(row) for row in m.Repo.select().order_by(m.Repo.path))

        return await self._context.store.read(read)

    async def get(self, key: str) -> Repo:
        return await self._context.store.read(lambda: views.repo(lookup.repo(key)))

    async def add(self, body: AddRepo) -> Repo:
        """Makes a repository known.

        Raises:
            UsageError: It is no repository that can be worked with; the message says why.
            NotFoundError: Nothing is there.
            ConflictError: It is known already.
        """
        if is_url(body.path):
            path = await self._canonical(await self._cloning.path_of(body.path, body.into))
        elif body.into:
            raise UsageError(f"{body.path[:80]!r} is no address to clone from", hint="Leave --into out.")
        else:
            path = await self._canonical(body.path)

        def write() -> Repo:
            row, made = find_or_make_repo(path)
            if not made:
                raise ConflictError(f"the repository {path} is known already", hint="Nothing has to be done.")
            return views.repo(row)

        return self._tell(await self._context.store.write(write))

    async def locate(self, key: str) -> str:
        """The canonical path of the repo with this id, name, path or address.

        What is named by an address is cloned if that was not done before; else nothing changes.

        Raises:
            UsageError: It is no repository that can be worked with; the message says why.
            NotFoundError: Nothing is there.
        """
        if is_url(key):
            return await self._canonical(await self._cloning.path_of(key))
        if os.sep not in key and not key.startswith((".", "~")):
            try:
                return (await self.get(key)).path
            except NotFoundError:
                if not os.path.isdir(key):
                    raise
        return await self._canonical(key)

    async def update(self, key: str, body: UpdateRepo) -> Repo:
        """Changes what is set of scripts, names and defaults.

        Raises:
            NotFoundError: The default target branch does not exist.
            UsageError: A script or pattern cannot be kept.
        """
        changes = {name: value for name, value in msgspec.structs.asdict(body).items() if value is not UNSET}
        check_creation_settings(changes)
        repo = await self.get(key)
        if changes.get("target_branch"):
            await self._check_branch(repo, str(changes["target_branch"]))

        def write() -> Repo:
            row = lookup.repo(repo.id)
            for name, value in changes.items():
                setattr(row, name, value)
            row.save()
            return views.repo(row)

        return self._tell(await self._context.store.write(write))

    async def remove(self, key: str) -> RemovedAnswer:
        """Forgets a repo; the repository itself is not touched.

        Raises:
            ConflictError: A workspace has a clone of it.
        """

        def write() -> str:
            row = lookup.repo(key)
            used = m.WorkspaceRepo.get_or_none(m.WorkspaceRepo.repo == row)
            if used is not None:
                raise ConflictError(
                    f"the workspace {used.workspace.name!r} has a clone of {row.path}",
                    hint=_way_out(used.workspace),
                )
            row.delete_instance()
            return str(row.id)

        repo_id = await self._context.store.write(write)
        await forget_spare(self._context.home.spares, repo_id)
        self._context.hub.publish(Removed(entity="repo", id=repo_id))
        return RemovedAnswer(removed=repo_id)

    async def _canonical(self, path: str) -> str:
        repository = await inspect_repository(path)
        text = str(repository.path)
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise UsageError(
                f"the path {text!r} is not UTF-8 text", hint="Rename the folder, then add it."
            ) from error
        return text

    async def _check_branch(self, repo: Repo, branch: str) -> None:
        repository = await inspect_repository(repo.path)
        if await branch_commit(repository, branch) is None:
            raise NotFoundError(
                f"there is no branch {branch!r} in {repo.path}", hint="'git branch' there lists them."
            )

    def _tell(self, repo: Repo) -> Repo:
        self._context.hub.publish(RepoChanged(repo=repo))
        return repo


def find_or_make_repo(path: str) -> tuple[m.Repo, bool]:
    """The row of the repository at a canonical path, and whether it is new. Call on the store's thread."""
    row = m.Repo.get_or_none(m.Repo.path == path)
    if row is not None:
        return row, False
    return m.Repo.create(path=path, name=Path(path).name or "root"), True


def _way_out(workspace: m.Workspace) -> str:
    if workspace.state == WorkspaceState.DELETED:
        return (
            "It was removed and can be recovered. To give it up, remove its task with "
            f"'boatyard task remove {workspace.task_id[:8]} --force'."
        )
    return f"Remove the workspace first: boatyard workspace remove {workspace.name}"
