"""The user's repository, looked at and never changed.

What is asked here runs nothing that the repository names. A path somewhere inside the repository counts
as the repository; everything that Boatyard cannot work with is refused here, with the way out, before
anything is made.
"""

from __future__ import annotations

import asyncio
import getpass
import os
import socket
from dataclasses import dataclass
from pathlib import Path

from core.errors import GitError, NotFoundError, UsageError
from core.git.command import Git, reader_git


@dataclass(frozen=True)
class UserRepository:
    """A repository with a working tree and at least one commit."""

    path: Path
    """Top level of the working tree, links resolved."""
    git_dir: Path
    """The working tree's own git directory."""
    common_dir: Path
    """Where objects and branches are; differs from `git_dir` in a linked worktree."""
    branch: str | None
    """The branch that is checked out; None when HEAD is detached."""

    @property
    def git(self) -> Git:
        return reader_git(self.path)


@dataclass(frozen=True)
class Signing:
    """How the user signs commits, as git's own configuration says it (gpg.*, user.signingKey)."""

    config: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Identity:
    """Who commits."""

    name: str
    email: str
    signing: Signing | None = None
    """None: commits are not signed."""


async def inspect_repository(path: Path | str) -> UserRepository:
    """Finds the repository that a path lies in.

    Raises:
        NotFoundError: Nothing is there.
        UsageError: It is no repository, a bare or partial one, or one without a commit.
        GitError: git refuses to look at it.
    """
    folder = await asyncio.to_thread(_existing_folder, path)
    git = reader_git(folder)
    answer = await git.run("rev-parse", "--is-bare-repository", "--is-inside-work-tree", ok=(0, 128))
    if answer.code:
        raise _no_repository(folder, answer.err)
    bare, inside = answer.text.splitlines()
    if inside != "true":
        raise _no_working_tree(folder, bare == "true")
    top, git_dir, common = await asyncio.gather(
        *(_place(git, option) for option in ("--show-toplevel", "--absolute-git-dir", "--git-common-dir"))
    )
    repository = UserRepository(top, git_dir, common, await _current_branch(git))
    await _refuse_unborn(repository)
    await _refuse_partial(repository)
    return repository


async def branches(repository: UserRepository) -> tuple[str, ...]:
    """The names of all local branches, the checked-out one first."""
    listed = await repository.git.run("for-each-ref", "--format=%(refname)", "refs/heads/")
    names = [os.fsdecode(line).removeprefix("refs/heads/") for line in listed.out.splitlines()]
    return tuple(sorted(names, key=lambda name: (name != repository.branch, name)))


async def target_branch(repository: UserRepository, name: str = "") -> tuple[str, str]:
    """A branch to start from and merge into, local or remote-tracking (`REMOTE/NAME`), and its commit.

    Args:
        name: Empty for the branch that is checked out.

    Raises:
        UsageError: No name was given and HEAD is detached.
        NotFoundError: There is no such branch.
    """
    chosen = name or repository.branch
    if chosen is None:
        raise UsageError(
            f"no branch is checked out in {repository.path}, so there is no target branch",
            hint="Name the target branch.",
        )
    commit = await branch_commit(repository, chosen) or await exact_ref(
        repository.git, f"refs/remotes/{chosen}"
    )
    if commit is None:
        known = await branches(repository)
        raise NotFoundError(
            f"there is no branch {chosen!r} in {repository.path}",
            hint=f"Choose one of: {', '.join(known[:10])}{', …' if len(known) > 10 else ''}.",
            details={"branches": list(known[:100])},
        )
    return chosen, commit


async def branch_commit(repository: UserRepository, name: str) -> str | None:
    """The commit of a local branch, or None when there is no such branch."""
    return await exact_ref(repository.git, f"refs/heads/{name}")


async def exact_ref(git: Git, ref: str) -> str | None:
    """What a full ref name points at; None when there is none. Never a revision such as `main^`."""
    if "\0" in ref:
        return None
    answer = await git.run("show-ref", "--verify", "--hash", "--", ref, ok=(0, 1, 128))
    return answer.text if answer.code == 0 else None


async def user_identity(repository: UserRepository) -> Identity:
    """Who the user is to git, here; the login and host name where git has not been told."""
    name = await _setting(repository.git, "user.name") or await asyncio.to_thread(_login)
    email = await _setting(repository.git, "user.email") or f"{_login()}@{socket.gethostname()}"
    return Identity(name, email, await _signing(repository.git))


def _existing_folder(path: Path | str) -> Path:
    if not str(path) or "\0" in str(path):
        raise UsageError("the path of the repository is empty or holds a NUL", hint="Name a folder.")
    folder = Path(path).expanduser()
    try:
        folder = folder.resolve(strict=True)
        is_folder = folder.is_dir()
    except (OSError, RuntimeError) as error:
        raise NotFoundError(
            f"there is no folder {path}", hint="Check the spelling of the repository's path."
        ) from error
    if not is_folder:
        raise UsageError(f"{path} is a file, not a repository", hint="Name the repository's folder.")
    return folder


def _no_repository(folder: Path, err: str) -> Exception:
    if "not a git repository" in err:
        return UsageError(
            f"{folder} is not a git repository",
            hint=f"Name a repository, or make one: git -C {folder} init, then commit.",
        )
    hint = "Ask git there: git status."
    if "dubious ownership" in err:
        hint = f"It belongs to another user; to allow it: git config --global --add safe.directory {folder}"
    return GitError(f"git cannot read {folder}: {err}", hint=hint, details={"stderr": err})


def _no_working_tree(folder: Path, bare: bool) -> UsageError:
    if bare:
        return UsageError(
            f"{folder} is a bare repository: it has no working tree",
            hint="Clone it (git clone) and name the clone.",
        )
    return UsageError(
        f"{folder} lies inside a .git folder, not in a working tree", hint="Name the folder above it."
    )


async def _place(git: Git, option: str) -> Path:
    """One path per question: a path may hold line ends, and rev-parse has no NUL-separated output."""
    return Path((await git.run("rev-parse", "--path-format=absolute", option)).text)


async def _current_branch(git: Git) -> str | None:
    answer = await git.run("symbolic-ref", "-q", "HEAD", ok=(0, 1))
    if answer.code or not answer.text.startswith("refs/heads/"):
        return None
    return answer.text.removeprefix("refs/heads/")


async def _refuse_unborn(repository: UserRepository) -> None:
    head = await repository.git.run("rev-parse", "--verify", "-q", "HEAD^{commit}", ok=(0, 1, 128))
    if head.code == 0:
        return
    if await branches(repository):
        raise UsageError(
            f"the checked-out branch {repository.branch!r} of {repository.path} has no commit yet",
            hint="Commit something on it, or check out another branch.",
        )
    raise UsageError(
        f"{repository.path} has no commit yet, so there is nothing to start from",
        hint="Make the first commit: git add -A && git commit.",
    )


async def _refuse_partial(repository: UserRepository) -> None:
    listed = await repository.git.run(
        "config", "--name-only", "--get-regexp", r"^(extensions\.partialclone|remote\..*\.promisor)$",
        ok=(0, 1),
    )  # fmt: skip
    if listed.code == 0:
        raise UsageError(
            f"{repository.path} is a partial clone: files that it lacks cannot be given to a workspace",
            hint="Complete it: git fetch --refetch --no-filter, then unset remote.<name>.promisor"
            " and extensions.partialClone.",
        )


async def _setting(git: Git, key: str, *kind: str) -> str:
    answer = await git.run("config", *kind, "--get", key, ok=(0, 1))
    return answer.text


_SIGNING_KEYS = ("user.signingKey", "gpg.format", "gpg.ssh.defaultKeyCommand", "gpg.ssh.program",
                 "gpg.x509.program", "gpg.openpgp.program")  # fmt: skip


async def _signing(git: Git) -> Signing | None:
    """The user's own configuration, read without the quiet one that overrides some of its keys."""
    plain = Git(git.folder, git.base, {}, {})
    if await _setting(plain, "commit.gpgSign", "--type=bool") != "true":
        return None
    keys = (*_SIGNING_KEYS, "gpg.program")
    found = [(key, await _setting(plain, key)) for key in keys]
    return Signing(tuple((key, value) for key, value in found if value))


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user-{os.getuid()}"
