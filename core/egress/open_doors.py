"""The doors of one kind of all workspaces: sockets in folders that only their containers see."""

from __future__ import annotations

from pathlib import Path
from typing import Generic, Protocol, TypeVar

from core.errors import BoatyardError


class Door(Protocol):
    """What listens for one workspace."""

    async def open(self, folder: Path) -> None:
        """Listens in a folder; an OSError says that it cannot."""
        ...

    async def close(self) -> None:
        """Ends all connections."""
        ...


D = TypeVar("D", bound=Door)


class OpenDoors(Generic[D]):
    """Those that are open, by the names of their workspaces."""

    def __init__(self, noun: str) -> None:
        """
        Args:
            noun: What is behind a door, for messages.
        """
        self._noun = noun
        self._doors: dict[str, D] = {}

    def find(self, workspace: str) -> D | None:
        """A workspace's door, if it is open."""
        return self._doors.get(workspace)

    async def add(self, workspace: str, door: D, folder: Path) -> None:
        """Opens a workspace's door in a folder.

        Raises:
            BoatyardError: The socket cannot be made.
        """
        self._doors[workspace] = door
        try:
            await door.open(folder)
        except OSError as error:
            del self._doors[workspace]
            raise BoatyardError(
                f"the {self._noun} of {workspace} cannot be reached in {folder}: {error.strerror}",
                hint="Check the free space and the rights of that folder.",
            ) from error

    async def shut(self, workspace: str) -> None:
        """Closes a workspace's door, if it is open: nothing goes through any more."""
        door = self._doors.pop(workspace, None)
        if door is not None:
            await door.close()

    async def close(self) -> None:
        """Closes all of them."""
        for workspace in list(self._doors):
            await self.shut(workspace)
