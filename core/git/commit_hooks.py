"""The hooks of the user's repository that a commit or a merge runs (githooks(5)), run for one of ours.

The commit is computed in the depot, where no hook is. So its tree is laid out in a folder of its own, and the
user's hooks run there as they would in the user's own merge, with the user's repository, an index that holds
the tree, and the message. They can refuse, and they can change the message. They are the user's programs:
where they lie in the tree itself, a merge that changes them is refused, so that nothing that an agent wrote
becomes one.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import ConflictError, GitError
from core.git.changes import DIFF_OPTIONS
from core.git.command import Git, owner_git
from core.git.depot import LONG, Depot
from core.git.path_text import name_to_text
from core.git.user_repository import UserRepository
from core.values.states import MergeStyle

HOOK_SECONDS = 1200.0
"""How long one hook may take."""
OUTPUT_LIMIT = 64 * 1024
_TREE_HOOKS = {MergeStyle.MERGE: "pre-merge-commit", MergeStyle.SQUASH: "pre-commit"}
_MESSAGE_HOOKS = ("prepare-commit-msg", "commit-msg")
_SOURCES = {MergeStyle.MERGE: "merge", MergeStyle.SQUASH: "message"}
"""What `prepare-commit-msg` is told."""


@dataclass(frozen=True)
class CommitHooks:
    """The hooks that there are for one style of merge."""

    style: MergeStyle
    folder: Path
    """Where they are."""
    names: tuple[str, ...]
    """In the order in which they run."""


async def commit_hooks(repository: UserRepository, style: MergeStyle) -> CommitHooks:
    """Looks which hooks the user's repository has; a rebase, as git's own, has none to run."""
    git = owner_git(repository.path)
    answer = await git.run("rev-parse", "--git-path", "hooks")
    folder = repository.path / os.fsdecode(answer.out).removesuffix("\n")
    wanted = (_TREE_HOOKS[style], *_MESSAGE_HOOKS) if style in _TREE_HOOKS else ()
    found = await asyncio.to_thread(
        lambda: tuple(name for name in wanted if os.access(folder / name, os.X_OK))
    )
    return CommitHooks(style, folder, found)


async def run_commit_hooks(
    repository: UserRepository, depot: Depot, hooks: CommitHooks, *, old: str, new: str, message: str
) -> str:
    """Runs them for a computed commit; gives the message that they leave.

    Args:
        repository: The user's.
        depot: Has both commits.
        hooks: From `commit_hooks`.
        old: The target branch's commit.
        new: The computed one.
        message: Of the computed one.

    Raises:
        ConflictError: The merge itself changes the hooks.
        GitError: A hook refuses, changes files, or does not end. Nothing was changed.
    """
    if not hooks.names:
        return message
    await _refuse_changed_hooks(repository, depot, hooks, old, new)
    folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="boatyard-hooks-"))
    try:
        run = _Run(repository, depot, hooks, folder, new)
        return await run.all(message)
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


async def _refuse_changed_hooks(
    repository: UserRepository, depot: Depot, hooks: CommitHooks, old: str, new: str
) -> None:
    top, folder = repository.path.resolve(), hooks.folder.resolve()
    if not folder.is_relative_to(top) or folder.is_relative_to(repository.git_dir.resolve()):
        return
    # All of the topmost folder counts: what such hooks start lies beside them.
    first = folder.relative_to(top).parts[:1]
    answer = await depot.git.run(
        "diff-tree", "-z", "--name-only", *DIFF_OPTIONS, old, new, "--", *map(os.fsencode, first)
    )
    changed = [name_to_text(name) for name in answer.out.split(b"\0") if name]
    if changed:
        raise ConflictError(
            f"the merge changes hooks of {repository.path}: {', '.join(changed[:5])}",
            hint="Look at them, and merge this with git itself; nothing was changed. `hooks = false` under "
            "[merge] merges without running hooks.",
            details={"files": changed},
        )


class _Run:
    """One run over all hooks."""

    def __init__(
        self, repository: UserRepository, depot: Depot, hooks: CommitHooks, folder: Path, new: str
    ) -> None:
        self._repository = repository
        self._hooks = hooks
        self._folder = folder
        self._new = new
        self._tree = folder / "tree"
        self._git: Git = owner_git(repository.path).having({
            "GIT_DIR": str(repository.git_dir),
            "GIT_INDEX_FILE": str(folder / "index"),
            "GIT_WORK_TREE": str(self._tree),
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(depot.path / "objects"),
            "GIT_EDITOR": ":",
        })  # fmt: skip

    async def all(self, message: str) -> str:
        await asyncio.to_thread(self._tree.mkdir)
        await self._git.run("read-tree", f"{self._new}^{{tree}}")
        file = self._folder / "message"
        await asyncio.to_thread(file.write_text, f"{message.strip()}\n", "utf-8", "surrogateescape")
        for name in self._hooks.names:
            if name in _MESSAGE_HOOKS:
                source = (_SOURCES[self._hooks.style],) if name == "prepare-commit-msg" else ()
                await self._hook(name, (str(file), *source), self._repository.path)
            else:
                await self._git.run("checkout-index", "--all", "--quiet", seconds=LONG)
                await self._hook(name, (), self._tree)
                await self._refuse_changes(name)
        changed = await asyncio.to_thread(file.read_text, "utf-8", "surrogateescape")
        return changed.strip() or message

    async def _refuse_changes(self, name: str) -> None:
        staged = await self._git.run("diff-index", "--cached", "--name-only", "-z", self._new)
        files = [name_to_text(each) for each in staged.out.split(b"\0") if each]
        if files:
            raise GitError(
                f"the hook {name} of {self._repository.path} wants to change {', '.join(files[:5])}",
                hint="Nothing was changed. Let the agent do in the workspace what the hook does, and merge"
                " again.",
            )

    async def _hook(self, name: str, arguments: Sequence[str], cwd: Path) -> None:
        path = str(self._hooks.folder / name)
        process = await asyncio.create_subprocess_exec(
            path, *arguments, cwd=cwd, env=self._git.environment(), stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            async with asyncio.timeout(HOOK_SECONDS):
                said = await _tail(process)
                code = await process.wait()
        except TimeoutError:
            raise self._refused(name, f"it does not end within {HOOK_SECONDS:g} seconds") from None
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        if code:
            raise self._refused(name, said.strip()[-1000:] or f"exit code {code}")

    def _refused(self, name: str, said: str) -> GitError:
        return GitError(
            f"the hook {name} of {self._repository.path} refused: {said}",
            hint="Nothing was changed. Put right what it says in the workspace, and merge again.",
            details={"hook": name, "stderr": said},
        )


async def _tail(process: asyncio.subprocess.Process) -> str:
    """The end of what it wrote."""
    assert process.stdout is not None
    end = b""
    while chunk := await process.stdout.read(OUTPUT_LIMIT):
        end = (end + chunk)[-OUTPUT_LIMIT:]
    return end.decode("utf-8", "backslashreplace")
