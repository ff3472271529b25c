"""Trust in a repository's own `.boatyard.toml`: looked at, given to its exact content, taken back."""

from __future__ import annotations

from core.errors import ConfigError, ConflictError, NotFoundError
from core.git.user_repository import inspect_repository, target_branch
from core.lifecycle.context import Context
from core.lifecycle.own_file import NAME, FoundFile, read_own_file
from core.store import lookup, views
from core.store import models as m
from core.values.entities import Repo
from core.values.events import RepoChanged
from core.values.own_files import OwnFile
from core.values.requests import TrustOwnFile

MOST_TRUSTED = 64
"""Contents of one repo's file that are trusted at a time; the one trusted longest ago is forgotten first."""


class OwnFileTrust:
    """What a user can do with the settings that a repository brings along."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def show(self, key: str, branch: str = "") -> OwnFile:
        """The file as a branch of the user's repository has it, the repo's target branch if none is named.

        Raises:
            NotFoundError: There is no such branch.
            UsageError: The repository cannot be used.
        """
        row = await self._context.store.read(lambda: _of(lookup.repo(key)))
        repo, wanted, trusted = row
        repository = await inspect_repository(repo.path)
        name, commit = await target_branch(repository, branch or wanted)
        found = await read_own_file(repository.git, commit, f"{NAME} of {repo.name}")
        return _view(repo, name, commit, found, trusted)

    async def trust(self, key: str, body: TrustOwnFile) -> OwnFile:
        """Trusts what was looked at; new workspaces use what it says from now on.

        Raises:
            NotFoundError: There is no such file on the branch.
            ConflictError: It says something else than what was looked at.
            ConfigError: It cannot be used.
        """
        seen = await self.show(key, body.branch)
        if not seen.found:
            raise NotFoundError(
                f"the branch {seen.branch!r} of {seen.repo} has no {NAME}", hint="Name another --branch."
            )
        if seen.problem:
            raise ConfigError(seen.problem, hint="Correct it, and commit.")
        if body.digest != seen.digest:
            raise ConflictError(
                f"{NAME} of {seen.repo} is not what you looked at",
                hint=f"Look again: boatyard repo trust {seen.repo} --show",
            )
        self._tell(await self._context.store.write(_add, seen.repo_id, seen.digest))
        return await self.show(key, body.branch)

    async def untrust(self, key: str) -> Repo:
        """Forgets all trust in the repo's file: at once, also for workspaces that are there."""
        return self._tell(await self._context.store.write(_clear, key))

    def _tell(self, repo: Repo) -> Repo:
        self._context.hub.publish(RepoChanged(repo=repo))
        return repo


def _of(row: m.Repo) -> tuple[Repo, str, tuple[str, ...]]:
    return views.repo(row), row.target_branch, tuple(row.trusted_files or ())


def _view(repo: Repo, branch: str, commit: str, found: FoundFile | None, trusted: tuple[str, ...]) -> OwnFile:
    if found is None:
        return OwnFile(repo_id=repo.id, repo=repo.name, branch=branch, commit=commit)
    return OwnFile(
        repo_id=repo.id,
        repo=repo.name,
        branch=branch,
        commit=commit,
        found=True,
        digest=found.digest,
        text=found.text,
        trusted=found.settings is not None and found.digest in trusted,
        problem=found.problem,
        names=found.settings.names() if found.settings else (),
    )


def _add(repo_id: str, digest: str) -> Repo:
    row = m.Repo.get_by_id(repo_id)
    others = [each for each in row.trusted_files or () if each != digest]
    row.trusted_files = [*others, digest][-MOST_TRUSTED:]
    row.save()
    return views.repo(row)


def _clear(key: str) -> Repo:
    row = lookup.repo(key)
    row.trusted_files = None
    row.save()
    return views.repo(row)
