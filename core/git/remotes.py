"""The user's repository and the places it came from: fetched from, and cloned, when the user asks for it.

git works as the user has set it up, credential helpers and ssh keys included, but asks nothing: there is
no terminal behind it that anybody would see. Only transports that are safe with a stranger's address are
used; `ext::` and its like run programs.
"""

from __future__ import annotations

import re
from pathlib import Path

from core.errors import ConflictError, GitError, UsageError
from core.git.command import Git, owner_git
from core.git.user_repository import UserRepository

TRANSPORTS = "https:ssh:file"
SECONDS = 3600.0
_SCP = re.compile(r"(?:[A-Za-z0-9_.-]+@)?[A-Za-z0-9][A-Za-z0-9.-]*:(?!/?/)[^:\s]\S*")
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://(?:([^@/\s]*)@)?([^/\s]*)(/\S*)?")


def is_url(text: str) -> bool:
    """Whether a repository is named by an address rather than by a path, a name or an id."""
    return "://" in text or "::" in text or bool(_SCP.fullmatch(text))


def check_url(url: str) -> str:
    """The address, if it may be cloned from.

    Raises:
        UsageError: Its transport is refused, it holds a password, or it is no address at all.
    """
    if _SCP.fullmatch(url) and "::" not in url:
        return url
    match = _URL.fullmatch(url)
    scheme = match[1].lower() if match else url.partition("::")[0].partition("://")[0]
    if scheme not in TRANSPORTS.split(":") or match is None:
        raise UsageError(
            f"a repository cannot be cloned by way of {scheme[:20]!r}",
            hint="Give an https:// or ssh:// address, user@host:path, or file:///path.",
        )
    user, host = match[2] or "", match[3] or ""
    if ":" in user:
        raise UsageError(
            "the address holds a password, which git would keep in the clone's settings",
            hint="Leave it out, and let a credential helper give it: git config credential.helper.",
        )
    if host.startswith("-") or user.startswith("-") or (scheme != "file" and not host) or not match[4]:
        raise UsageError(f"{url[:80]!r} is no address of a repository", hint="Check its host and path.")
    return url


async def network_git(folder: Path) -> Git:
    """git for the user's own remotes; it never asks, neither here nor through ssh."""
    git = owner_git(folder)
    command = (await git.run("config", "--get", "core.sshCommand", ok=(0, 1))).text or "ssh"
    return git.having({
        "GIT_ALLOW_PROTOCOL": TRANSPORTS,
        "GIT_ASKPASS": "false",
        "SSH_ASKPASS": "false",
        "SSH_ASKPASS_REQUIRE": "never",
        "GIT_SSH_COMMAND": f"{command} -o BatchMode=yes",
        "LC_ALL": "C",
    })  # fmt: skip


async def fetch_for(repository: UserRepository, branch: str) -> str:
    """Brings the remote-tracking branches of a branch's remote up to date.

    Args:
        repository: The user's.
        branch: `REMOTE/NAME`, or a local branch, whose own remote is then taken.

    Returns:
        The remote's name; empty when there is none.

    Raises:
        GitError: It cannot be reached, or wants credentials that nobody gave.
    """
    remotes = (await repository.git.run("remote")).text.splitlines()
    own = await repository.git.run("config", "--get", f"branch.{branch}.remote", ok=(0, 1))
    named = [remote for remote in remotes if branch.startswith(f"{remote}/")]
    chosen = next((each for each in (*named, own.text, "origin") if each in remotes), "")
    if not chosen:
        return ""
    git = await network_git(repository.path)
    try:
        await git.run("fetch", "--quiet", "--no-recurse-submodules", "--", chosen, seconds=SECONDS)
    except GitError as error:
        raise _unreachable(f"{chosen} of {repository.path} cannot be fetched", error) from error
    return chosen


async def clone_repository(url: str, folder: Path) -> None:
    """Clones into a folder that does not exist yet, as the user's own `git clone` would.

    Raises:
        UsageError: The address is refused.
        ConflictError: The folder is taken.
        GitError: It cannot be cloned; nothing is left behind.
    """
    check_url(url)
    if folder.exists():
        raise ConflictError(f"{folder} is there already", hint="Name another folder with --into.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    git = await network_git(folder.parent)
    try:
        await git.run("clone", "--quiet", "--no-recurse-submodules", "--", url, folder.name, seconds=SECONDS)
    except GitError as error:
        raise _unreachable(f"{url} cannot be cloned", error) from error


async def address_of(folder: Path) -> str:
    """The address that a repository was cloned from; empty when it has none."""
    answer = await owner_git(folder).run("config", "--get", "remote.origin.url", ok=(0, 1, 128))
    return answer.text


def folder_name(url: str) -> str:
    """What `git clone` would call the folder."""
    name = re.split(r"[/:]", url.rstrip("/"))[-1].removesuffix(".git")
    return name if name not in ("", ".", "..") and not name.startswith("-") else "repository"


def _unreachable(what: str, error: GitError) -> GitError:
    said = str(error.details.get("stderr") or error.message).strip()
    last = next((line for line in reversed(said.splitlines()) if line.strip()), said)
    hint = "Try it by hand in a terminal, where git can ask: git fetch or git clone."
    if "terminal prompts disabled" in said or "could not read" in said or "Permission denied" in said:
        hint = "It wants credentials: set up a credential helper or an ssh key, and try by hand first."
    return GitError(f"{what}: {last}", hint=hint, details=error.details)
