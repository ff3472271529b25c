"""A turn as it can be rebuilt: a driver fed with lines and decisions, and the entries it made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Literal

from core.agents.driver import NO_VALUES, AskApproval, Driver, Effect, RateLimited, TurnEnded, Upsert
from core.runners.masking import NO_MASK, Mask
from core.supervision.journal import Record
from core.values.conversation import Entry

LINE_LIMIT = 64 * 2**20
"""Bytes that one line of an agent may have; more is cut off and its rest dropped."""


REPLAY_CHUNK = 2**20
"""Bytes that a replay reads at a time."""


class LineBuffer:
    """Cuts chunks of output into lines, whatever their length up to `LINE_LIMIT`."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._held = 0
        self.consumed = 0
        """Bytes of complete lines so far."""
        self.fed = 0
        """Bytes in all."""

    def feed(self, chunk: bytes) -> list[bytes]:
        """The lines that the chunk completes, without their ends."""
        self.fed += len(chunk)
        *complete, rest = chunk.split(b"\n")
        lines = []
        for piece in complete:
            lines.append(self._take(piece))
        self._hold(rest)
        return lines

    def rest(self) -> list[bytes]:
        """The last line when the output ended without a line end."""
        return [self._take(b"", ended=False)] if self._held else []

    def _take(self, piece: bytes, *, ended: bool = True) -> bytes:
        self._hold(piece)
        line = b"".join(self._pieces)
        self.consumed += self._held + ended
        self._pieces, self._held = [], 0
        return line

    def _hold(self, piece: bytes) -> None:
        if piece:
            room = max(0, LINE_LIMIT - self._held)
            if room:
                self._pieces.append(piece[:room])
            self._held += len(piece)


class Gathered:
    """Effects in order, and of an entry that changes again and again its last state, where it first changed.

    A turn of a hundred thousand changes is rebuilt in the memory of its entries, not of all their states.
    """

    def __init__(self) -> None:
        self.effects: list[Effect] = []
        self._places: dict[str, int] = {}

    def add(self, effects: Iterable[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Upsert):
                place = self._places.setdefault(effect.entry.id, len(self.effects))
                if place < len(self.effects):
                    self.effects[place] = effect
                    continue
            self.effects.append(effect)


class Transcript:
    """A driver and the conversation that its effects have built so far."""

    def __init__(self, driver: Driver, mask: Mask = NO_MASK) -> None:
        """
        Args:
            driver: Makes effects of lines.
            mask: Covers secrets in what the effects tell; what goes to the agent is left as it is.
        """
        self.driver = driver
        self._mask = mask
        self.entries: dict[str, Entry] = {}
        self.ended: TurnEnded | None = None
        self.out = LineBuffer()
        self.err = LineBuffer()

    def note(self, effects: Iterable[Effect]) -> list[Effect]:
        """Keeps what belongs to the conversation, and gives the effects back to be carried out."""
        noted = [covered(effect, self._mask) for effect in effects] if self._mask else list(effects)
        for effect in noted:
            if isinstance(effect, Upsert):
                self.entries[effect.entry.id] = effect.entry
            elif isinstance(effect, TurnEnded) and self.ended is None:
                self.ended = effect
        return noted

    def begin(self) -> list[Effect]:
        return self.note(self.driver.begin())

    def output(self, chunk: bytes, now: float) -> list[Effect]:
        """A chunk of standard output."""
        return self.lines(self.out.feed(chunk), now)

    def lines(self, lines: Iterable[bytes], now: float) -> list[Effect]:
        """Lines of standard output that were read together."""
        gathered = Gathered()
        for line in lines:
            gathered.add(self.driver.receive(line, now))
        gathered.add(self.driver.flush())
        return self.note(gathered.effects)

    def errors(self, chunk: bytes, now: float) -> list[Effect]:
        """A chunk of standard error."""
        effects: list[Effect] = []
        for line in self.err.feed(chunk):
            effects += self.note(self.driver.complain(line, now))
        return effects

    def apply(self, record: Record) -> list[Effect]:
        """A decision, made now or read from the journal."""
        if record.kind == "answer":
            return self.note(
                self.driver.answer(record.key, record.option, record.at, record.values or NO_VALUES)
            )
        if record.kind == "cancel":
            return self.note(self.driver.cancel(record.at))
        if record.kind == "mode":
            return self.note(self.driver.set_mode(record.option, record.at))
        if record.kind == "exited":
            return self._exited(record)
        return []

    def _exited(self, record: Record) -> list[Effect]:
        effects = self.lines(self.out.rest(), record.at)
        for line in self.err.rest():
            effects += self.note(self.driver.complain(line, record.at))
        return effects + self.note(self.driver.exited(record.code, record.at))


def covered(effect: Effect, mask: Mask) -> Effect:
    """An effect with the secrets in its texts covered."""
    if isinstance(effect, Upsert):
        return replace(effect, entry=mask.value(effect.entry))
    if isinstance(effect, AskApproval):
        return replace(
            effect,
            title=mask.text(effect.title),
            detail=mask.text(effect.detail),
            options=mask.value(effect.options),
            form=mask.value(effect.form),
        )
    if isinstance(effect, RateLimited):
        return replace(effect, text=mask.text(effect.text))
    if isinstance(effect, TurnEnded):
        return replace(effect, reason=mask.text(effect.reason), summary=mask.text(effect.summary))
    return effect


Stream = Literal["out", "err"]
Read = Callable[[Stream, int, int], bytes]
"""Gives up to so many bytes of a stream from an offset; nothing at its end."""


def replay(transcript: Transcript, records: Sequence[Record], read: Read, started_at: float) -> list[Effect]:
    """Feeds a fresh transcript everything that was recorded, in the order in which it happened.

    Standard error has no place in that order: drivers only keep its end for the case of a failure.

    Returns:
        All effects in order (see `Gathered`); the caller decides which still have to be carried out.
    """
    effects = Gathered()
    effects.add(transcript.begin())
    now = started_at
    for record in records:
        if record.kind != "exited":
            _feed(transcript, read, record.out, now, effects)
            now = record.at
            effects.add(transcript.apply(record))
    _feed(transcript, read, None, now, effects)
    while chunk := read("err", transcript.err.fed, REPLAY_CHUNK):
        effects.add(transcript.errors(chunk, now))
    for record in records:
        if record.kind == "exited":
            effects.add(transcript.apply(record))
    return effects.effects


def _feed(transcript: Transcript, read: Read, end: int | None, now: float, effects: Gathered) -> None:
    """Feeds the output up to `end` (None: all there is)."""
    while end is None or transcript.out.fed < end:
        position = transcript.out.fed
        chunk = read("out", position, REPLAY_CHUNK if end is None else min(REPLAY_CHUNK, end - position))
        if not chunk:
            break
        effects.add(transcript.output(chunk, now))
