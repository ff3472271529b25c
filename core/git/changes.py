"""Which files differ between two commits, as git's raw and numstat records say it (git-diff-tree(1)).

Only NUL-separated output is read, since a file name may hold anything else.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import GitError, UsageError
from core.git.depot import Depot
from core.git.path_text import name_to_text
from core.values.review import Change, FileChange

DIFF_OPTIONS = ("-r", "--no-ext-diff", "--no-textconv", "--ignore-submodules=none", "-M", "-C", "--no-color")
FOLLOW_OPTIONS = ("-r", "--no-ext-diff", "--no-textconv", "--ignore-submodules=none", "-M", "--no-color")
"""Without copies: where a file was copied from is not where it was before."""
LONGEST_TEXT = 1000
SPECIAL = frozenset("\\^$.|?*+()[{")
"""Characters with a meaning in an extended regular expression (regex(7))."""
CHANGES = {
    "A": Change.ADDED,
    "M": Change.MODIFIED,
    "D": Change.DELETED,
    "R": Change.RENAMED,
    "C": Change.COPIED,
    "T": Change.TYPE,
}


@dataclass(frozen=True)
class RawChange:
    """One record of `--raw -z`. Names are bytes, as git has them."""

    old_mode: str
    new_mode: str
    status: str
    """A, M, D, R, C or T."""
    name: bytes
    old_name: bytes | None = None
    old_id: str = ""
    """The blob's; empty where there is none."""
    new_id: str = ""


async def changed_files(
    depot: Depot, repo_id: str, old: str, new: str, options: tuple[str, ...] = ()
) -> tuple[FileChange, ...]:
    """All files that differ between two commits or trees of the depot, in the order of their paths.

    Args:
        depot: Where both are.
        repo_id: Put into the values.
        old: Id of a commit or tree.
        new: Id of a commit or tree.
        options: More of git's, about what counts as a change.
    """
    answer = await depot.git.run("diff-tree", "-z", "--raw", "--numstat", *options, *DIFF_OPTIONS, old, new)
    raw, counts = parse_changes(answer.out)
    return tuple(_value(repo_id, change, counts.get(change.name)) for change in raw)


def holding(text: str) -> tuple[str, ...]:
    """git's options for only those files in which a line with `text`, in whatever case, was added or removed.

    Raises:
        UsageError: It is no part of one line.
    """
    if not text:
        return ()
    if len(text) > LONGEST_TEXT or {"\n", "\0"} & set(text):
        raise UsageError(
            "that is nothing to look for in lines",
            hint=f"Give a text of one line, of at most {LONGEST_TEXT:,} characters.",
        )
    return ("-i", "-G" + "".join(map(_either_case, text)))


def _either_case(letter: str) -> str:
    """The extended regular expression for a letter; in git's locale `-i` knows ASCII alone."""
    if letter in SPECIAL:
        return f"\\{letter}"
    low, high = letter.lower(), letter.upper()
    return letter if letter.isascii() or low == high else f"({low}|{high})"


def parse_changes(output: bytes) -> tuple[list[RawChange], dict[bytes, tuple[int, int] | None]]:
    """Reads `diff-tree -z --raw --numstat`: first all raw records, then all counts.

    Returns:
        The records, and by name the lines added and removed, or None for a binary file.

    Raises:
        GitError: The output is no such thing.
    """
    fields = output.split(b"\0")
    if fields.pop() != b"":
        raise GitError("git's list of changed files ends in the middle", hint="Try again.")
    fields.reverse()
    raw: list[RawChange] = []
    counts: dict[bytes, tuple[int, int] | None] = {}
    try:
        while fields and fields[-1].startswith(b":"):
            raw.append(_raw(fields))
        while fields:
            name, lines = _count(fields)
            counts[name] = lines
    except (IndexError, ValueError, KeyError) as error:
        raise GitError("git's list of changed files cannot be read", hint="Check git's version.") from error
    return raw, counts


def _raw(fields: list[bytes]) -> RawChange:
    old_mode, new_mode, old_id, new_id, status = fields.pop()[1:].decode("ascii").split(" ")
    kind = status[0]
    CHANGES[kind]
    first = fields.pop()
    old_name = first if kind in "RC" else None
    name = fields.pop() if kind in "RC" else first
    return RawChange(old_mode, new_mode, kind, name, old_name, old_id.strip("0") and old_id,
                     new_id.strip("0") and new_id)  # fmt: skip


def _count(fields: list[bytes]) -> tuple[bytes, tuple[int, int] | None]:
    added, removed, name = fields.pop().split(b"\t", 2)
    if not name:
        fields.pop()
        name = fields.pop()
    return name, None if added == b"-" else (int(added), int(removed))


def _value(repo_id: str, change: RawChange, lines: tuple[int, int] | None) -> FileChange:
    added, removed = lines or (0, 0)
    return FileChange(
        repo_id=repo_id,
        path=name_to_text(change.name),
        change=CHANGES[change.status],
        old_path=None if change.old_name is None else name_to_text(change.old_name),
        added=added,
        removed=removed,
        binary=lines is None,
        old_mode=change.old_mode,
        new_mode=change.new_mode,
        old_id=change.old_id,
        new_id=change.new_id,
    )
