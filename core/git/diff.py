"""One file's diff, read by window, and whole patches."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from core.errors import GitError, NotFoundError
from core.git.changes import DIFF_OPTIONS, RawChange, parse_changes
from core.git.depot import Depot
from core.git.patch_pages import PatchPages
from core.git.path_text import text_to_name
from core.values.review import FileChange

PATCH_LIMIT = 64 * 1024 * 1024


@dataclass(frozen=True)
class Shown:
    """How a diff is shown."""

    context: int = 3
    """Unchanged lines around each change."""
    whitespace: bool = True
    """Whether changes in whitespace alone count."""

    def options(self) -> tuple[str, ...]:
        """git's options."""
        return () if self.whitespace else ("--ignore-all-space", "--ignore-blank-lines")


WHOLE = Shown()


async def file_pages(depot: Depot, old: str, new: str, change: FileChange, shown: Shown) -> PatchPages:
    """The diff of one file, to be looked at by window; close it in the end.

    Args:
        depot: Where both sides are.
        old: Id of a commit or tree.
        new: Id of a commit or tree.
        change: Which file, as `changed_files` gave it for the same two sides.
        shown: How.

    Raises:
        NotFoundError: The two sides do not differ in that file.
    """
    names = _names(change)
    sections = await _sections(depot, old, new, names, shown)
    options = ("-p", f"-U{max(0, shown.context)}", *shown.options(), *DIFF_OPTIONS)
    return PatchPages(depot.git.stream("diff-tree", *options, old, new, "--", *names), sections)


def _names(change: FileChange) -> list[bytes]:
    paths = (change.path,) if change.old_path is None else (change.old_path, change.path)
    try:
        return [text_to_name(path) for path in paths]
    except ValueError as error:
        raise NotFoundError(
            f"{change.path!r} is no file of the diff", hint="Look at the diff anew."
        ) from error


async def _sections(depot: Depot, old: str, new: str, names: list[bytes], shown: Shown) -> range:
    """Which sections of the patch are the file's: a path also stands for what is below it, if a folder of
    that name was or came there, and a change of type makes two sections."""
    # Counting lines compares the contents, which takes as long as the patch itself.
    counted = () if shown.whitespace else ("--numstat", *shown.options())
    options = ("-z", "--raw", *counted, *DIFF_OPTIONS)
    raw, counts = parse_changes((await depot.git.run("diff-tree", *options, old, new, "--", *names)).out)
    first = 0
    for change in raw:
        count = 0 if _says_nothing(change, counts.get(change.name), shown) else _section_count(change)
        if change.name == names[-1]:
            return range(first, first + count)
        first += count
    name = names[-1].decode("utf-8", "backslashreplace")
    raise NotFoundError(f"{name!r} is no file of the diff", hint="It may have changed: look at it anew.")


def _says_nothing(change: RawChange, lines: tuple[int, int] | None, shown: Shown) -> bool:
    """git leaves a file out of a patch when only whitespace that does not count differs in it."""
    same_mode = change.old_mode == change.new_mode
    return not shown.whitespace and change.status == "M" and same_mode and lines == (0, 0)


def _section_count(change: RawChange) -> int:
    return 2 if change.status == "T" else 1


def patch(
    depot: Depot, old: str, new: str, folder: str = "", shown: Shown = WHOLE
) -> AsyncGenerator[bytes, None]:
    """The whole diff as `git apply` takes it, binary files included, in chunks.

    Args:
        depot: Where both sides are.
        old: Id of a commit or tree.
        new: Id of a commit or tree.
        folder: Put before every path, so that patches of several repositories go together.
        shown: How; without changes in whitespace it is for people, and git does not take it back.
    """
    below = f"{folder}/" if folder else ""
    prefixes = (f"--src-prefix=a/{below}", f"--dst-prefix=b/{below}")
    # What git writes of a rename has no prefix, so below a folder it is told as a deletion and an addition.
    renames = ("--no-renames",) if below else ()
    options = (
        "-p", f"-U{max(0, shown.context)}", "--binary", "--full-index", *prefixes, *shown.options(),
        *DIFF_OPTIONS, *renames,
    )  # fmt: skip
    return depot.git.stream("diff-tree", *options, old, new)


async def patch_text(depot: Depot, old: str, new: str, folder: str = "", shown: Shown = WHOLE) -> str:
    """The patch as one text; bytes that are no UTF-8 are shown as `\\xff`. Arguments as for `patch`.

    Raises:
        GitError: It is larger than 64 MiB.
    """
    parts: list[bytes] = []
    size = 0
    async with aclosing(patch(depot, old, new, folder, shown)) as chunks:
        async for chunk in chunks:
            size += len(chunk)
            if size > PATCH_LIMIT:
                raise GitError(
                    f"the patch is larger than {PATCH_LIMIT // 1024 // 1024} MiB",
                    hint="Look at single files, or use git diff in the workspace.",
                )
            parts.append(chunk)
    return b"".join(parts).decode("utf-8", "backslashreplace")
