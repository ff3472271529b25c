"""Text found in all files of a commit, read from the depot: no tree that a sandbox can write is looked at.

git-grep(1) searches the objects themselves. What comes back is bounded in lines, in length of a line and in
time, for a file may be one line of a hundred megabytes, and an expression may take for ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass

from core.errors import GitError, UsageError
from core.git.depot import Depot

LINE_LIMIT = 400
"""Bytes of a line that are given."""
SECONDS = 20.0
PATTERN_LIMIT = 1000
NAME_LIMIT = 8192
"""Bytes of a path; systems have shorter ones."""


@dataclass(frozen=True)
class Match:
    """One line that has it."""

    path: bytes
    line: int
    """From 1."""
    text: bytes


async def grep(
    depot: Depot, commit: str, pattern: str, *, regex: bool, ignore_case: bool, limit: int
) -> tuple[list[Match], bool]:
    """The first lines of a commit's text files that have a pattern, and whether there are more of them.

    Args:
        depot: Where the commit is.
        commit: Its id.
        pattern: A text, or with `regex` an extended regular expression.
        regex: See `pattern`.
        ignore_case: Whether capitals make no difference.
        limit: Lines at most.

    Raises:
        UsageError: The pattern is no expression, or no text that a line can have.
        GitError: It took too long.
    """
    if not pattern or len(pattern) > PATTERN_LIMIT or set(pattern) & {"\0", "\n"}:
        raise UsageError("that is nothing to look for in lines", hint="Give a text of one line.")
    flags = ["-E" if regex else "-F", *(["-i"] if ignore_case else [])]
    argv = ("grep", "-z", "-n", "-I", "--full-name", "--no-color", "--no-textconv", *flags, "-e", pattern)
    found: list[Match] = []
    try:
        async with (
            asyncio.timeout(SECONDS),
            aclosing(depot.git.stream(*argv, commit, "--")) as chunks,
            aclosing(_matches(chunks, f"{commit}:".encode())) as matches,
        ):
            async for match in matches:
                if len(found) >= limit:
                    return found, True
                found.append(match)
    except TimeoutError as error:
        hint = "Look for something simpler."
        raise GitError(f"the search has not ended within {SECONDS:g} s", hint=hint) from error
    except GitError as error:
        if error.details.get("exit_code") == 1:
            return found, False  # git's way to say that nothing was found
        if error.details.get("exit_code") == 128 and "-e option" in str(error.details.get("stderr")):
            raise UsageError(f"{pattern[:80]!r} is no expression", hint="Escape signs with \\.") from error
        raise
    return found, False


async def _matches(chunks: AsyncIterator[bytes], begin: bytes) -> AsyncGenerator[Match, None]:
    """The lines of git's answer; no more of a long one is held than is given."""
    kept, skipping, name = b"", False, b""
    async for chunk in chunks:
        *lines, rest = (kept + chunk).split(b"\n") if not skipping else _after_line(kept, chunk)
        for line in lines:
            record = name + line
            name = record + b"\n" if _is_part_of_a_name(record, begin) else b""
            if (match := _match(record, begin)) is not None:
                yield match
        skipping = len(rest) > 64 * LINE_LIMIT
        kept = rest[: 64 * LINE_LIMIT]


def _after_line(kept: bytes, chunk: bytes) -> list[bytes]:
    """A line that is too long: its end is all that is looked for."""
    end, newline, rest = chunk.partition(b"\n")
    return [kept, *rest.split(b"\n")] if newline else [kept + end[:1]]


def _is_part_of_a_name(record: bytes, begin: bytes) -> bool:
    """Whether it ends in the middle of a file's name, with a line end that is in the name."""
    return record.startswith(begin) and b"\0" not in record and len(record) < NAME_LIMIT


def _match(line: bytes, begin: bytes) -> Match | None:
    """`COMMIT:path NUL number NUL text`, where the last NUL may be a colon; None for what is no such line."""
    place, _, rest = line.partition(b"\0")
    digits = len(rest) - len(rest.lstrip(b"0123456789"))
    path = place.removeprefix(begin)
    if not place.startswith(begin) or not path or not digits:
        return None
    return Match(path, int(rest[:digits][:9]), rest[digits + 1 :][:LINE_LIMIT])
