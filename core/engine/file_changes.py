"""Files of a workspace made, renamed, removed and brought back by the user.

What the files will be is computed in the depot, over a snapshot that is taken for it, and brought by the
operation that brings parts of a diff: a checkpoint is taken before, nothing that an agent has written
meanwhile is overwritten, and the sandbox alone writes its files. What git ignores is in no snapshot, could
not be brought back, and is left alone.
"""

from __future__ import annotations

from collections.abc import Mapping

from core.engine.file_places import located
from core.errors import ConflictError, NotFoundError, UsageError
from core.git.depot import Depot
from core.git.known import known_commit
from core.git.merge_tree import scaffold
from core.git.path_text import name_to_text
from core.git.tree_edit import FILE, TreeEntry, with_entries, write_blob
from core.lifecycle.applying import Applying, Goal, Plan
from core.lifecycle.checkpoint_records import checkpoint_states
from core.lifecycle.context import Context
from core.lifecycle.facts import RepoFacts, WorkspaceFacts
from core.lifecycle.place import Place
from core.lifecycle.snapshots import Snapshots
from core.review.folders import scan_folder
from core.store import lookup
from core.values.entities import Operation
from core.values.requests import ChangeFile, FileAction

Entries = dict[bytes, TreeEntry | None]
CONTENT_LIMIT = 1024 * 1024
"""Bytes that a new file may have."""


class FileChanges:
    """What a user can do with single files and folders."""

    def __init__(self, context: Context, snapshots: Snapshots, applying: Applying) -> None:
        self._context = context
        self._snapshots = snapshots
        self._applying = applying

    async def begin(self, name: str, body: ChangeFile) -> Operation:
        """Begins to change a file, or a folder with all that is in it; a checkpoint is taken before.

        Raises:
            NotFoundError: There is no such file, as far as git sees, or the path is none of the workspace's.
            UsageError: The content is too long, or the new path is in another repository.
            ConflictError: There is something of that name already, or an agent works.
        """
        await self._context.store.read(lambda: lookup.live_workspace(name).id)
        facts, seen = await self._snapshots.take_whole(name)
        repo, path = located(facts, body.path)
        depot = Place(self._context.home, name).depot(repo.repo_id)
        entries = await self._entries(facts, repo, depot, path, body)
        tree = await with_entries(depot, repo.snapshot, entries)
        goal = Goal(await scaffold(depot, tree, repo.head), repo.head, repo.snapshot)
        message = f"before: {body.action.value} {body.path[:150]}"
        # What comes back from a checkpoint may be ignored now, and lie in the way as it is.
        plan = Plan(
            goals={repo.repo_id: goal}, message=message,
            seen=() if body.action is FileAction.RESTORE else seen,
        )  # fmt: skip
        return await self._applying.begin("apply", name, plan)

    async def _entries(
        self, facts: WorkspaceFacts, repo: RepoFacts, depot: Depot, path: bytes, body: ChangeFile
    ) -> Entries:
        """What becomes of each path."""
        match body.action:
            case FileAction.CREATE:
                if len(content := body.content.encode("utf-8", "replace")) > CONTENT_LIMIT:
                    hint = "Make it in the workspace."
                    raise UsageError(f"a new file can have {CONTENT_LIMIT} bytes at most", hint=hint)
                await _refuse_taken(depot, repo, path, body.path)
                await self._refuse_ignored(facts.name, repo, path)
                return {path: TreeEntry(FILE, await write_blob(depot, content))}
            case FileAction.RENAME:
                other, to = located(facts, body.to)
                if other is not repo:
                    raise UsageError("files cannot move between repositories", hint="Copy it in a shell.")
                found = await _below(depot, repo.snapshot, path, body.path)
                await _refuse_taken(depot, repo, to, body.to, leaving=found)
                if to not in found:
                    await self._refuse_ignored(facts.name, repo, to)
                gone: Entries = dict.fromkeys(found)
                return gone | {to + each.removeprefix(path): entry for each, entry in found.items()}
            case FileAction.DELETE:
                return dict.fromkeys(await _below(depot, repo.snapshot, path, body.path))
            case FileAction.RESTORE:
                source = located(facts, body.source or body.path)
                if source[0] is not repo:
                    raise UsageError("files cannot move between repositories", hint="Copy it in a shell.")
                commit = await self._kept_in(facts, repo, depot, body)
                found = await _below(depot, commit, source[1], body.source or body.path)
                return {path + each.removeprefix(source[1]): entry for each, entry in found.items()}

    async def _kept_in(self, facts: WorkspaceFacts, repo: RepoFacts, depot: Depot, body: ChangeFile) -> str:
        """The commit that a file is brought back from."""
        if body.commit:
            return await known_commit(depot, body.commit)
        states = await self._context.store.read(checkpoint_states, facts.name, body.checkpoint)
        if repo.repo_id not in states:
            raise NotFoundError(f"checkpoint {body.checkpoint} does not have {repo.name}")
        return states[repo.repo_id].commit

    async def _refuse_ignored(self, name: str, repo: RepoFacts, path: bytes) -> None:
        """Refuses a name that only the disk knows something of."""
        code, at = Place(self._context.home, name).code, repo.name
        whole = f"{repo.name}/{name_to_text(path)}"
        for part in path.split(b"/"):
            there = {entry.name: entry.folder for entry in await scan_folder(code, at)}
            at = f"{at}/{name_to_text(part)}"
            if part not in there:
                return
            if not there[part] or at == whole:
                hint = "git ignores it: no checkpoint has it. Choose another name."
                raise ConflictError(f"there is {at[:200]!r} already", hint=hint)


async def _below(depot: Depot, commit: str, path: bytes, shown: str) -> dict[bytes, TreeEntry]:
    """The file of this name, or all files of the folder."""
    listed = await depot.git.run("ls-tree", "-r", "-z", "--full-tree", commit, "--", path)
    found = {}
    for line in listed.out.split(b"\0"):
        info, tab, name = line.partition(b"\t")
        words = info.decode("ascii", "replace").split(" ")
        if tab and len(words) == 3 and (name == path or name.startswith(path + b"/")):
            found[name] = TreeEntry(words[0], words[2])
    if not found:
        raise NotFoundError(
            f"git sees no {shown[:200]!r} there", hint="What is ignored is in no checkpoint: use a shell."
        )
    return found


async def _refuse_taken(
    depot: Depot, repo: RepoFacts, path: bytes, shown: str, leaving: Mapping[bytes, TreeEntry] | None = None
) -> None:
    """Refuses a name that something has, and one below a file."""
    parts = path.split(b"/")
    for count in range(1, len(parts) + 1):
        name = b"/".join(parts[:count])
        listed = await depot.git.run("ls-tree", "-z", "--full-tree", repo.snapshot, "--", name)
        kind = listed.out.partition(b"\t")[0].split(b" ")[1:2]
        if kind and (count == len(parts) or kind != [b"tree"]) and name not in (leaving or {}):
            raise ConflictError(
                f"there is {shown[:200]!r} already, or a file above it", hint="Choose another."
            )
