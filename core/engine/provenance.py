"""For any line of a workspace: which turn, which prompt, which tool call brought it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.engine.comparing import Comparing
from core.engine.conversations import Conversations
from core.errors import NotFoundError
from core.git.path_text import text_to_name
from core.lifecycle.context import Context
from core.lifecycle.facts import RepoFacts, WorkspaceFacts
from core.lifecycle.place import Place
from core.lifecycle.rewinding import checkpoint_before, went_back
from core.lifecycle.snapshots import Snapshots
from core.review.blame import Brought, blame
from core.store import models as m
from core.values.conversation import Entry, EntryKind
from core.values.provenance import LinesFrom, Origin
from core.values.states import CheckpointKind, RunReason


@dataclass(frozen=True)
class Moment:
    """A state of one repo in the workspace's history."""

    commit: str
    number: int = 0
    """The checkpoint's; 0: the beginning, or now."""
    at: float = 0.0
    turn: Turn | None = None
    """What brought the changes since the moment before, if a turn did."""


@dataclass(frozen=True)
class Turn:
    process_id: str
    agent: str
    prompt: str
    summary: str


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
            path: The file, from the workspace's folder: `REPO/PATH`.

        Raises:
            NotFoundError: There is no such file, or it has no lines.
        """
        await self._comparing.live(name)
        facts = await self._snapshots.take(name)
        repo, inner = _split(facts, path)
        moments = await self._context.store.read(_moments, facts, repo)
        depot = Place(self._context.home, name).depot(repo.repo_id)
        found = await blame(depot, [moment.commit for moment in moments], text_to_name(inner))
        text = (await depot.git.run("cat-file", "blob", f"{repo.snapshot}:{inner}".encode())).out
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


def _split(facts: WorkspaceFacts, path: str) -> tuple[RepoFacts, str]:
    name, _, inner = path.partition("/")
    for repo in facts.repos:
        if repo.name == name and inner:
            return repo, inner
    names = ", ".join(f"{repo.name}/…" for repo in facts.repos)
    raise NotFoundError(f"{path[:200]!r} is no file of {facts.name!r}", hint=f"Its files begin with {names}")


@dataclass(frozen=True)
class Step:
    """A moment, and the step that it came after: where a workspace went back, two come after the same."""

    moment: Moment
    after: Step | None = None

    def line(self) -> list[Moment]:
        """The moments that led here, the oldest first."""
        moments, step = [self.moment], self.after
        while step is not None:
            moments.append(step.moment)
            step = step.after
        return moments[::-1]


def _moments(facts: WorkspaceFacts, repo: RepoFacts) -> list[Moment]:
    """The beginning, each checkpoint that led to now, and now, each with the turn that was at work before."""
    turns, back = _turns(facts), went_back(facts.id)
    step, kept = Step(Moment(repo.base_commit)), dict[int, Step]()
    running: Turn | None = None
    rows = m.Checkpoint.select().where(m.Checkpoint.workspace == facts.id).order_by(m.Checkpoint.number)
    for row in rows:
        state = next((each for each in row.repos if each.repo_id == repo.repo_id), None)
        if state is not None:
            step = Step(Moment(state.commit, row.number, row.created_at, running), step)
        kept[row.number] = step
        if row.number in back:
            step, running = kept.get(back[row.number], step), None
        elif row.number in turns:
            running = turns[row.number]
        elif row.kind in (CheckpointKind.AFTER_TURN, CheckpointKind.BEFORE_RESTORE):
            running = None
    return Step(Moment(repo.snapshot, turn=running), step).line()


def _turns(facts: WorkspaceFacts) -> dict[int, Turn]:
    """By number of the checkpoint that was taken before it."""
    rows = (
        m.ExecutionProcess.select(m.ExecutionProcess, m.Session)
        .join(m.Session)
        .where(m.Session.workspace == facts.id, m.ExecutionProcess.run_reason == RunReason.CODING_AGENT.value)
    )
    found = {}
    for row in rows:
        number = checkpoint_before(row)
        turn = row.turns.first()
        if number and turn is not None:
            found[number] = Turn(row.id, row.session.executor, turn.prompt, turn.summary)
    return found
