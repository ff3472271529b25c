"""An engine that dies at a point which a test chooses, and the next one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from core.errors import UnreachableError
from tests.yard import Daemon


def crash_file(daemon: Daemon) -> Path:
    """The file in which its engines look for the point to die at."""
    return daemon.folder / "crash-at"


async def killed(
    daemon: Daemon,
    point: str,
    act: Callable[[], Awaitable[Any]],
    meanwhile: Callable[[], object] = lambda: None,
) -> None:
    """Does something with an engine that dies at a point of it, and starts the next engine.

    Args:
        daemon: The engines.
        point: Where it dies.
        act: What is done with it.
        meanwhile: What happens before the next engine starts.
    """
    crash_file(daemon).write_text(point)
    try:
        await act()
    except UnreachableError:
        pass  # it died before it could answer
    await daemon.gone()
    crash_file(daemon).unlink()
    meanwhile()
    assert await daemon.start(), "the engine did not die"
