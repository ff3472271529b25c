"""The states that a workspace went through, each with the turn that was at work before it."""

from __future__ import annotations

from dataclasses import dataclass

from core.lifecycle.facts import RepoFacts, WorkspaceFacts
from core.lifecycle.rewinding import checkpoint_before, went_back
from core.store import models as m
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


def moments_of(facts: WorkspaceFacts, repo: RepoFacts) -> list[Moment]:
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
