"""For any line of a workspace: which turn, which prompt, which tool call brought it."""

from __future__ import annotations

from collections.abc import Sequence

from core.engine.comparing import Comparing
from core.engine.conversations import Conversations
from core.engine.file_places import located
from core.engine.moments import Moment, moments_of
from core.errors import NotFoundError
from core.git.path_text import name_to_text
from core.lifecycle.context import Context
from core.lifecycle.place import Place
from core.lifecycle.snapshots import Snapshots
from core.review.blame import Brought, blame
from core.values.conversation import Entry, EntryKind
from core.values.provenance import LinesFrom, Origin


class Provenance:
    """Asks git which checkpoint brought a line, and the records which turn was at work then."""

    def __init__(
        self, context: Context, comparing: Comparing, snapshots: Snapshots, conversations: Conversations
    ) -> None:
        self._context = context
        self._comparing = comparing
        self._snapshots = snapshots
        self._conversations = conversations

    async def blame(self, name: str, path: str) -> tuple[LinesFrom, ...]:
        """Where the lines of a file come from, as it is now.

        Args:
            name: The workspace.
            path: The file, `REPO/PATH`; where there is one repository, `PATH` will do.

        Raises:
            NotFoundError: There is no such file, or it has no lines.
        """
        await self._comparing.live(name)
        facts = await self._snapshots.take(name)
        repo, inner_name = located(facts, path)
        inner = name_to_text(inner_name)
        moments = await self._context.store.read(moments_of, facts, repo)
        depot = Place(self._context.home, name).depot(repo.repo_id)
        found = await blame(depot, [moment.commit for moment in moments], inner_name)
        text = (await depot.git.run("cat-file", "blob", f"{repo.snapshot}:".encode() + inner_name)).out
        if b"\0" in text or not found:
            kind = "binary" if text else "empty"
            raise NotFoundError(
                f"{inner!r} is {kind}: it has no lines", hint="Its history says what became of the file."
            )
        lines = text.decode("utf-8", "backslashreplace").split("\n")
        return tuple([await self._described(name, inner, moments, each, lines) for each in found])

    async def _described(
        self, name: str, path: str, moments: Sequence[Moment], brought: Brought, lines: Sequence[str]
    ) -> LinesFrom:
        moment = moments[brought.step]
        place = LinesFrom(
            first=brought.first, last=brought.last, origin=Origin.BASE if not brought.step else Origin.HAND,
            checkpoint=moment.number, at=moment.at,
        )  # fmt: skip
        if moment.turn is None:
            return place
        turn = moment.turn
        entry = _reporting(
            await self._conversations.entries(name, turn.process_id),
            path,
            lines[brought.first - 1 : brought.last],
        )
        return LinesFrom(
            first=place.first, last=place.last, origin=Origin.TURN, checkpoint=place.checkpoint, at=place.at,
            process_id=turn.process_id, agent=turn.agent, prompt=turn.prompt, summary=turn.summary,
            entry_id=entry.id if entry else "", tool=entry.title or entry.text if entry else "",
        )  # fmt: skip


def _reporting(entries: Sequence[Entry], path: str, lines: Sequence[str]) -> Entry | None:
    """The last tool call that reported a change of the file with the lines in it, or of the file at all."""
    touching = [
        entry
        for entry in entries
        if entry.kind is EntryKind.TOOL and any(edit.path.endswith(path) for edit in entry.edits)
    ]
    wanted = [line.strip() for line in lines if line.strip()]
    for entry in reversed(touching):
        new = "\n".join(edit.new for edit in entry.edits if edit.path.endswith(path))
        if wanted and all(line in new for line in wanted):
            return entry
    return touching[-1] if touching else None
