"""Pictures of a workspace made small enough to be drawn, by a process that has a deadline."""

from __future__ import annotations

import asyncio
import contextlib
import re
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

from core.errors import BoatyardError, UsageError
from core.review.decode_picture import REFUSED
from core.review.walk import path_parts, small_file
from core.values.review import SixelTerminal, SmallPicture

FILE_LIMIT = 32 * 1024 * 1024
SECONDS = 15.0
MOST = 2000
"""Pixels of a side that are asked for at most."""
MOST_AS_SIXEL = 1_000_000
"""Pixels in all, where they are written as Sixel, which takes a second or two for so many."""
LARGEST_CELL = 200
AT_ONCE = 2
_HEAD = re.compile(rb"([A-Z]{3,5}) (\d{1,6}) (\d{1,6}) (\d{1,4}) (\d{1,4})\n")
_SIXEL = re.compile(rb"[0-9;!\"#$\-?-~]*")
_BACKGROUND = re.compile(r"[0-9a-f]{6}")


class SmallPictures:
    """Decodes, some at a time."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(AT_ONCE)

    async def of_file(
        self,
        root: Path,
        path: str,
        width: int,
        height: int,
        background: str,
        sixel: SixelTerminal | None = None,
    ) -> SmallPicture:
        """A picture that fits into so many pixels.

        Args:
            root: The workspace's folder.
            path: The file, relative to it; no link is followed.
            width: Pixels at most.
            height: Pixels at most.
            background: What is seen through it, as RRGGBB.
            sixel: The terminal, where it is wanted as Sixel, too.

        Raises:
            NotFoundError: The path leads out of the workspace.
            UsageError: It is no picture that can be shown, with the reason.
        """
        if not _BACKGROUND.fullmatch(background):
            raise UsageError(f"{background[:20]!r} is no colour", hint="Give it as RRGGBB.")
        data = await asyncio.to_thread(small_file, root, path_parts(path), FILE_LIMIT + 1)
        if not data or len(data) > FILE_LIMIT:
            raise _unshown(path, f"it is empty, or has more than {FILE_LIMIT >> 20} MiB")
        sides = (max(1, min(width, MOST)), max(1, min(height, MOST)))
        if sixel is not None:
            sixel, sides = _sensible(sixel), _limited(sides)
        async with self._places:
            out = await _decoded(path, data, sides, background, sixel)
        head = _HEAD.match(out)
        if head is None:
            raise _unshown(path, "its decoder gave no readable answer")
        full_width, full_height, small_width, small_height = map(int, head.groups()[1:])
        end = head.end() + small_width * small_height * 3
        pixels, drawn = out[head.end() : end], out[end:]
        fits = sixel is not None or (small_width <= sides[0] and small_height <= sides[1])
        if len(out) < end or not fits or not (_SIXEL.fullmatch(drawn) if sixel else not drawn):
            raise _unshown(path, "its decoder gave no readable answer")
        return SmallPicture(
            path=path, format=head[1].decode(), full_width=full_width, full_height=full_height,
            width=small_width, height=small_height, pixels=pixels, sixel=drawn.decode("ascii"),
        )  # fmt: skip


def _sensible(sixel: SixelTerminal) -> SixelTerminal:
    return SixelTerminal(
        cell_width=max(1, min(sixel.cell_width, LARGEST_CELL)),
        cell_height=max(1, min(sixel.cell_height, LARGEST_CELL)),
        colours=max(2, min(sixel.colours, 256)),
    )


def _limited(sides: tuple[int, int]) -> tuple[int, int]:
    """The same shape in no more pixels than are written as Sixel."""
    part = min(1.0, (MOST_AS_SIXEL / (sides[0] * sides[1])) ** 0.5)
    return max(1, int(sides[0] * part)), max(1, int(sides[1] * part))


async def _decoded(
    path: str, data: bytes, sides: tuple[int, int], background: str, sixel: SixelTerminal | None
) -> bytes:
    terminal = (sixel.cell_width, sixel.cell_height, sixel.colours) if sixel is not None else ()
    module = (sys.executable, "-P", "-m", "core.review.decode_picture")
    argv = (*module, *map(str, sides), background, *map(str, terminal))
    process = await asyncio.create_subprocess_exec(
        *argv, stdin=PIPE, stdout=PIPE, stderr=PIPE, cwd="/", env=_environment(), start_new_session=True
    )
    try:
        async with asyncio.timeout(SECONDS):
            out, said = await process.communicate(data)
    except TimeoutError:
        raise _unshown(path, f"its decoder did not answer within {SECONDS:g} s") from None
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode == REFUSED:
        raise _unshown(path, said.decode("utf-8", "replace").strip()[:300])
    if process.returncode:
        raise _unshown(path, "its decoder ended unexpectedly")
    return out


def _environment() -> dict[str, str]:
    """What a child needs to find this package, and nothing else of ours."""
    return {"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}


def _unshown(path: str, reason: str) -> BoatyardError:
    return UsageError(f"{path[:200]!r} is not shown: {reason}", hint="Open it in another program.")
