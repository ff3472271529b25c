"""The error of an operation itself, for the caller who waits: the journal has only its document."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from core.errors import BoatyardError


class KeptFailure:
    """A base of classes that hold the steps of one operation."""

    failure: BoatyardError | None = None

    def kept(self, work: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[None]]:
        """The work of a step, whose error is kept before it is raised."""

        async def do() -> None:
            try:
                await work()
            except BoatyardError as error:
                self.failure = error
                raise

        return do
