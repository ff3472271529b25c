"""Commits pushed to a remote of the user's repository, as the user's own `git push` would.

The push runs in the user's repository, so that its credentials, `url.*.insteadOf`, `pushurl` and pre-push
hook count. The commits are brought into it first, into no ref: git moves the remote-tracking branch at the
end of a push, and one whose objects were only lent to it from the depot would break the repository.

Each ref goes by commit and full name, and under a lease: it moves only from where it was seen to be, so
that nobody else's commits are overwritten.
"""

from __future__ import annotations

import os

from core.errors import ConflictError, GitError, NotFoundError, UsageError
from core.git.command import Git, Output
from core.git.depot import FETCH, LONG, Depot
from core.git.locking import file_lock
from core.git.push_answer import RefAnswer, parse_push
from core.git.remote_address import Remote
from core.git.remotes import TRANSPORTS, network_git
from core.git.user_repository import UserRepository

LOOK_SECONDS = 120.0
"""How long a remote may take to say where a branch is."""
_TOLD = 2000
"""Characters of what git or a hook said that an error repeats."""
_BY_ADDRESS = "boatyard-address"


async def push_remote(repository: UserRepository, target: str, name: str = "") -> Remote:
    """The remote that work for a target branch is pushed to.

    As git itself chooses (git-config(1), `branch.<name>.pushRemote`): that one, else `remote.pushDefault`,
    else the remote that the target branch comes from, else the only one, else `origin`.

    Args:
        repository: The user's.
        target: The target branch, local or `REMOTE/NAME`.
        name: The user's own choice; empty: none.

    Raises:
        NotFoundError: There is no remote, or none of that name.
        UsageError: There are several, and nothing says which.
    """
    remotes = os.fsdecode((await repository.git.run("remote")).out).splitlines()
    if not remotes:
        raise NotFoundError(
            f"{repository.path} has no remote to push to",
            hint="Add one: git remote add origin ADDRESS.",
        )
    if name and name not in remotes:
        raise NotFoundError(
            f"{repository.path} has no remote {name[:80]!r}", hint=f"Its remotes: {', '.join(remotes)}."
        )
    chosen = name or await _configured(repository, target, remotes)
    if not chosen:
        raise UsageError(
            f"{repository.path} has several remotes, and nothing says which one to push to",
            hint=f"Name one with --remote, or set remote.pushDefault: {', '.join(remotes)}.",
        )
    return await _remote(repository, chosen)


async def target_remote(repository: UserRepository, target: str) -> Remote | None:
    """The remote that a target branch comes from, wherever pushes go; None: it comes from none."""
    remotes = os.fsdecode((await repository.git.run("remote")).out).splitlines()
    wanted = [*_prefixes(target, remotes), await _setting(repository, f"branch.{target}.remote")]
    chosen = next((each for each in wanted if each in remotes), "")
    return await _remote(repository, chosen) if chosen else None


async def upstream_branch(repository: UserRepository, target: str, remote: Remote) -> str:
    """The branch of a remote that a local branch follows; its own name when it follows none there."""
    if await _setting(repository, f"branch.{target}.remote") == remote.name:
        merge = await _setting(repository, f"branch.{target}.merge")
        if merge.startswith("refs/heads/"):
            return merge.removeprefix("refs/heads/")
    return target


async def remote_commit(repository: UserRepository, remote: Remote, branch: str) -> str:
    """Where a branch is at the remote now; empty when it is not there.

    Raises:
        GitError: The remote cannot be reached, or wants credentials that nobody gave.
    """
    git = await _remote_git(repository)
    fetched = os.fsdecode((await repository.git.run("remote", "get-url", "--", remote.name)).out)
    name = remote.name
    if fetched.removesuffix("\n") != remote.address:
        # Asked where pushes go, not where fetches come from. By configuration: no password in an argument.
        git, name = git.having(config={f"remote.{_BY_ADDRESS}.url": remote.address}), _BY_ADDRESS
    ref = f"refs/heads/{branch}"
    try:
        answer = await git.run("ls-remote", "--quiet", "--", name, ref, seconds=LOOK_SECONDS)
    except GitError as error:
        raise _failure(f"{remote.name} ({remote.url}) cannot be asked", remote, error) from None
    for line in os.fsdecode(answer.out).splitlines():
        commit, _, found = line.partition("\t")
        if found == ref:
            return commit
    return ""


async def push_commit(
    repository: UserRepository, depot: Depot, remote: Remote, branch: str, *, new: str, old: str
) -> None:
    """Moves a branch of the remote from `old` to `new`. Does nothing when it is there, so it can be repeated.

    Args:
        repository: The user's.
        depot: Has `new`.
        remote: Where to.
        branch: The branch's name there.
        new: The commit.
        old: Where the branch has to be; empty: it must not exist.

    Raises:
        ConflictError: The branch was moved by somebody else; nothing was pushed.
        GitError: A hook or the remote refused, or it cannot be reached; nothing was pushed.
    """
    async with file_lock(depot.path.with_name(depot.path.name + ".push.lock")) as lock:
        if await remote_commit(repository, remote, branch) == new:
            return
        await _bring_objects(repository, depot, new)
        ref = f"refs/heads/{branch}"
        git = (await _remote_git(repository)).handing_down(lock)
        try:
            answer = await git.run(
                "push", "--porcelain", "--no-progress", "--no-follow-tags", "--recurse-submodules=no",
                f"--force-with-lease={ref}:{old}", "--", remote.name, f"{new}:{ref}", ok=(0, 1), seconds=LONG,
            )  # fmt: skip
        except GitError as error:
            raise _failure(f"nothing was pushed to {remote.name} ({remote.url})", remote, error) from None
        if answer.code:
            raise _refusal(remote, branch, answer)


async def _bring_objects(repository: UserRepository, depot: Depot, commit: str) -> None:
    git = (await network_git(repository.path)).having({"GIT_ALLOW_PROTOCOL": "file"})
    await git.run(*FETCH, "--", str(depot.path), commit, seconds=LONG)


async def _remote_git(repository: UserRepository) -> Git:
    """Plain HTTP too: the address is the user's own, such as that of a server in their network."""
    return (await network_git(repository.path)).having({"GIT_ALLOW_PROTOCOL": f"{TRANSPORTS}:http"})


async def _configured(repository: UserRepository, target: str, remotes: list[str]) -> str:
    wanted = [
        await _setting(repository, f"branch.{target}.pushRemote"),
        await _setting(repository, "remote.pushDefault"),
        *_prefixes(target, remotes),
        await _setting(repository, f"branch.{target}.remote"),
        *(remotes if len(remotes) == 1 else []),
        "origin",
    ]
    return next((each for each in wanted if each in remotes), "")


def _prefixes(target: str, remotes: list[str]) -> list[str]:
    """The remotes that a target `REMOTE/NAME` may name, the longest first."""
    return sorted((each for each in remotes if target.startswith(f"{each}/")), key=len, reverse=True)


async def _remote(repository: UserRepository, name: str) -> Remote:
    address = await repository.git.run("remote", "get-url", "--push", "--", name)
    also = [
        await _setting(repository, f"remote.{name}.pushurl"),
        await _setting(repository, f"remote.{name}.url"),
    ]
    return Remote(name, os.fsdecode(address.out).split("\n", 1)[0], tuple(filter(None, also)))


async def _setting(repository: UserRepository, key: str) -> str:
    return (await repository.git.run("config", "--get", key, ok=(0, 1))).text


def _refusal(remote: Remote, branch: str, answer: Output) -> ConflictError | GitError:
    """Why a push that reached the remote, or a hook, came to nothing."""
    refused = [each for each in parse_push(answer.out) if each.refused]
    said = remote.covered(answer.err)[-_TOLD:]
    details = {"stderr": said, "refs": [remote.covered(each.words) for each in refused]}
    if any(each.moved_meanwhile for each in refused):
        return ConflictError(
            f"{branch} at {remote.name} was moved by somebody else meanwhile; nothing was pushed",
            hint="Look at what is new there (git fetch), then push again.",
            details=details,
        )
    why = _reason(refused, said)
    return GitError(
        f"nothing was pushed to {remote.name} ({remote.url}): {remote.covered(why)}",
        hint="A hook or the remote refused. Everything is as it was; push again once that is put right.",
        details=details,
    )


def _reason(refused: list[RefAnswer], said: str) -> str:
    words = refused[0].words if refused else ""
    lines = [
        line for line in said.splitlines() if line.strip() and not line.startswith(("error: failed", "hint:"))
    ]
    return "; ".join(filter(None, [words, " ".join(lines[-5:])])) or "git gave no reason"


def _failure(what: str, remote: Remote, error: GitError) -> GitError:
    said = remote.covered(str(error.details.get("stderr") or error.message)).strip()
    last = next((line for line in reversed(said.splitlines()) if line.strip()), said)
    hint = f"Try it by hand in a terminal, where git can ask: git ls-remote {remote.name}"
    if any(words in said for words in ("terminal prompts disabled", "could not read", "Permission denied")):
        hint = "It wants credentials: set up a credential helper or an ssh key, and try by hand first."
    return GitError(f"{what}: {last}", hint=hint, details={"stderr": said[-_TOLD:]})
