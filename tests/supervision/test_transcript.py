"""Lines out of chunks, the journal, and a turn rebuilt from both exactly as it was."""

from __future__ import annotations

import asyncio
import errno
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.agents.driver import (
    NO_VALUES,
    AskApproval,
    Choice,
    CloseInput,
    Effect,
    Perform,
    RateLimited,
    Send,
    TurnEnded,
    Upsert,
    UsageReport,
)
from core.errors import StorageError
from core.supervision import transcript as transcripts
from core.supervision.journal import Journal, Record
from core.supervision.pulse import Pulse
from core.supervision.transcript import LineBuffer, Transcript, replay
from core.supervision.turn import Line, LiveTurn
from core.values.conversation import AgentCommand, AgentModes, Entry, EntryKind
from core.values.states import ProcessStatus


def cut(data: bytes, cuts: list[int]) -> list[bytes]:
    edges = sorted({0, len(data), *(at % (len(data) + 1) for at in cuts)})
    return [data[a:b] for a, b in pairwise(edges)]


CUTS = st.lists(st.integers(0, 10_000), max_size=12)


class TestLines:
    @settings(deadline=None)
    @given(st.binary(max_size=300).map(lambda b: b.replace(b"\x07", b"\n")), CUTS)
    def test_however_it_is_cut_the_lines_are_the_same(self, data: bytes, cuts: list[int]) -> None:
        buffer = LineBuffer()
        lines = [line for chunk in cut(data, cuts) for line in buffer.feed(chunk)]
        assert buffer.fed == len(data)
        assert buffer.consumed == data.rfind(b"\n") + 1
        lines += buffer.rest()
        expected = data.split(b"\n")
        assert lines == (expected[:-1] if not expected[-1] else expected)
        assert buffer.consumed == len(data)
        assert buffer.rest() == []

    def test_a_line_that_never_ends_takes_no_more_memory_than_the_limit(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(transcripts, "LINE_LIMIT", 10)
        buffer = LineBuffer()
        for _ in range(100):
            assert buffer.feed(b"abc") == []
        (line, following) = buffer.feed(b"\nnext\n")
        assert (line, following) == (b"abcabcabca", b"next")
        assert buffer.consumed == 306


class TestJournal:
    @pytest.fixture
    def journal(self, tmp_path: Path) -> Journal:
        return Journal(tmp_path / "journal" / "x.jsonl")

    def records(self, tmp_path: Path) -> list[Record]:
        return list(Journal(tmp_path / "journal" / "x.jsonl").records())

    def test_what_was_appended_is_read_back_by_any_engine(self, journal: Journal, tmp_path: Path) -> None:
        assert self.records(tmp_path) == []
        written = [
            Record("sent", 0, 1.5),
            Record("answer", 7, 2.5, key="k\n€", option="o"),
            Record("exited", 9, 3.5, code=137),
        ]
        for record in written:
            journal.append(record)
        assert self.records(tmp_path) == written
        assert (tmp_path / "journal" / "x.jsonl").stat().st_mode & 0o077 == 0

    @given(st.integers(0, 200))
    @settings(max_examples=60, deadline=None)
    def test_a_line_cut_short_by_a_crash_is_left_out_and_the_next_engine_goes_on(self, at: int) -> None:

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "x.jsonl"
            whole = [Record("sent", 0, 1.5), Record("answer", 7, 2.5, key="k", option="o")]
            journal = Journal(path)
            for record in whole:
                journal.append(record)
            data = path.read_bytes()
            path.write_bytes(data[: min(at, len(data))])
            left = list(Journal(path).records())
            assert left == whole[: len(left)]
            Journal(path).append(Record("cancel", 9, 3.5))
            after = list(Journal(path).records())
            assert after[-1] == Record("cancel", 9, 3.5)
            # A cut that took nothing but the line end has lost nothing.
            assert after[:-1] in (left, whole[: len(left) + 1])

    def test_a_full_disk_is_told_and_what_follows_is_readable(
        self, journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        journal.append(Record("sent", 0, 1.0))
        real = os.write
        monkeypatch.setattr(os, "write", lambda file, data: real(file, data[:5]))
        with pytest.raises(StorageError, match="cannot be written"):
            journal.append(Record("sent", 1, 2.0))

        def full(file: int, data: bytes) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(os, "write", full)
        with pytest.raises(StorageError, match="No space left"):
            journal.append(Record("sent", 2, 3.0))
        journal.mark(5, 99.0)  # only times hang on it
        monkeypatch.undo()
        journal.append(Record("sent", 3, 4.0))
        assert [record.out for record in self.records(tmp_path)] == [0, 3]

    def test_marks_are_few(self, journal: Journal, tmp_path: Path) -> None:
        for tenth in range(100):
            journal.mark(tenth, 1000.0 + tenth / 10)
        assert 9 <= len(self.records(tmp_path)) <= 11


HEARD = "heard"
"""The entry that counts lines: it alone changes after it was told."""


@dataclass
class ToyDriver:
    """Answers each line by an entry and a send, asks for what ends in `?`, ends at `end`."""

    count: int = 0
    asked: set[str] = field(default_factory=set)
    complaints: list[bytes] = field(default_factory=list)
    over: bool = False
    heard: int = 0
    """Lines; told by `flush` alone."""

    def _say(self, text: str) -> list[Effect]:
        self.count += 1
        entry = Entry(id=str(self.count), process_id="p", kind=EntryKind.MESSAGE, order=self.count, text=text)
        return [Upsert(entry)]

    def begin(self) -> list[Effect]:
        return [*self._say("begin"), Send(b"hello\n")]

    def receive(self, line: bytes, now: float) -> list[Effect]:
        text = line.decode("latin-1")
        self.heard += 1
        effects = self._say(f"line {text}")
        if text.endswith("?") and text not in self.asked:
            self.asked.add(text)
            effects.append(AskApproval(text, text, "", ()))
        elif text == "end" and not self.over:
            self.over = True
            effects += [TurnEnded(ProcessStatus.COMPLETED), CloseInput()]
        else:
            effects.append(Send(b"ack " + line + b"\n"))
        return effects

    def flush(self) -> list[Effect]:
        entry = Entry(id=HEARD, process_id="p", kind=EntryKind.MESSAGE, order=0, text=f"{self.heard}")
        return [Upsert(entry)] if self.heard else []

    def complain(self, line: bytes, now: float) -> list[Effect]:
        self.complaints.append(line)
        return []

    def answer(
        self, key: str, option_id: str, now: float, values: Mapping[str, Any] = NO_VALUES
    ) -> list[Effect]:
        if key not in self.asked:
            return []
        self.asked.discard(key)
        words = f"{key}={option_id} {dict(values)}"
        return [*self._say(f"answer {words}"), Send(f"{words}\n".encode())]

    def set_mode(self, mode: str, now: float) -> list[Effect]:
        return [*self._say(f"mode {mode}"), Send(f"mode {mode}\n".encode())]

    def cancel(self, now: float) -> list[Effect]:
        return [*self._say("cancel"), Send(b"cancel\n")]

    def exited(self, exit_code: int, now: float) -> list[Effect]:
        return [*self._say(f"exit {exit_code} {self.complaints}"), TurnEnded(ProcessStatus.FAILED)]


class Files:
    """A process's output as it grows."""

    def __init__(self) -> None:
        self.data = {"out": b"", "err": b""}

    def read(self, stream: str, offset: int, limit: int) -> bytes:
        return self.data[stream][offset : offset + limit]


class Keeper:
    """A turn's surroundings that decide nothing."""

    async def entries_changed(self, process_id: str) -> None: ...

    async def approval_asked(self, process_id: str, ask: AskApproval) -> Choice | None:
        return Choice("policy") if ask.key.startswith("auto") else None

    async def approval_withdrawn(self, process_id: str, key: str) -> None: ...

    async def session_known(self, process_id: str, agent_session_id: str) -> None: ...

    async def usage_reported(self, process_id: str, usage: UsageReport) -> None: ...

    async def rate_limited(self, process_id: str, limit: RateLimited) -> None: ...

    async def commands_known(self, process_id: str, commands: tuple[AgentCommand, ...]) -> None: ...

    async def modes_known(self, process_id: str, modes: AgentModes) -> None: ...

    async def perform(self, process_id: str, wanted: Perform) -> Mapping[str, Any]:
        return {"done": True}


class Died(Exception):
    """The engine is no more."""


class Wire:
    """The agent's standard input; an engine can die when it has written a part of what it wanted to."""

    def __init__(self) -> None:
        self.data = b""
        self.dies_after: int | None = None

    async def write(self, data: bytes) -> None:
        cut, self.dies_after = self.dies_after, None
        self.data += data[:cut]
        if cut is not None:
            raise Died

    async def given(self) -> int:
        return len(self.data)


class Engine:
    """One engine's view of the turn; `die` and make another on the same files."""

    def __init__(self, folder: Path, files: Files, wire: Wire) -> None:
        self.files = files
        self.out = self.err = 0

        async def close() -> None: ...

        line = Line(wire.write, close, wire.given)
        self.turn = LiveTurn("p", Transcript(ToyDriver()), Journal(folder / "j"), line, Keeper())

    async def resume(self) -> None:
        self.out, self.err = await self.turn.resume(self.files.read, 1.0)

    async def look(self, size: int | None = None) -> None:
        """Feeds what has been written, up to `size` bytes of it."""
        data = self.files.data["out"][self.out :][:size]
        if data:
            await self.turn.output(data)
            self.out += len(data)
        if errors := self.files.data["err"][self.err :]:
            await self.turn.errors(errors)
            self.err += len(errors)

    @property
    def told(self) -> list[tuple[str, str]]:
        entries = sorted(self.turn.entries.values(), key=lambda entry: entry.order)
        return [(entry.id, entry.text) for entry in entries]


LINES = st.sampled_from([b"one\n", b"two\n", b"may I?\n", b"auto?\n", b"end\n", b"\xff\n", b"\n", b"part"])
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), LINES),
        st.tuples(st.just("complain"), st.sampled_from([b"oops\n", b"half"])),
        st.tuples(st.just("look"), st.integers(1, 9)),
        st.tuples(st.just("answer"), st.sampled_from(["may I?", "nobody asked"])),
        st.tuples(st.just("cancel"), st.none()),
        st.tuples(st.just("mode"), st.sampled_from(["plan", "ask"])),
        st.tuples(st.just("die"), st.none()),
        st.tuples(st.just("die when it writes"), st.integers(0, 9)),
        st.tuples(st.just("die while it writes"), st.integers(0, 6)),
    ),
    max_size=25,
)


@given(ACTS)
@settings(max_examples=150, deadline=None)
def test_whenever_the_engine_dies_the_turn_goes_on_and_is_rebuilt_as_it_was(
    acts: list[tuple[str, object]],
) -> None:
    asyncio.run(_dies_and_goes_on(acts))


async def _dies_and_goes_on(acts: list[tuple[str, object]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder, wire = Path(name), Wire()
        engine = Engine(folder, Files(), wire)
        await engine.turn.begin()
        for act, value in [*acts, ("look", None), ("exited", None)]:
            try:
                await _act(engine, wire, act, value)
            except Died:
                engine = await _next(engine, folder, wire)
                await _act(engine, wire, "look" if act == "look" else "nothing", value)
        records = list(Journal(folder / "j").records())
        rebuilt = Transcript(ToyDriver())
        effects = replay(rebuilt, records, engine.files.read, 1.0)
        by_order = sorted(rebuilt.entries.values(), key=lambda entry: entry.order)
        assert [(entry.id, entry.text) for entry in by_order] == engine.told
        sent = b"".join(effect.data for effect in effects if isinstance(effect, Send))
        assert sent == wire.data, "lost or sent twice"


async def _act(engine: Engine, wire: Wire, act: str, value: Any) -> None:
    match act:
        case "write":
            engine.files.data["out"] += value
        case "complain":
            engine.files.data["err"] += value
        case "look":
            await engine.look(value)
        case "answer":
            await engine.look()
            await engine.turn.answer(str(value), "yes", {"why": [str(value), True, 1.5]})
        case "cancel":
            await engine.turn.cancel()
        case "mode":
            await engine.turn.set_mode(value)
        case "exited":
            wire.dies_after = None
            await engine.turn.exited(3)
        case "die when it writes":
            wire.dies_after = value
        case "die":
            raise Died


async def _next(engine: Engine, folder: Path, wire: Wire) -> Engine:
    """The engine that comes after one that died, and does not die while it takes over."""
    before = [entry for entry in engine.told if entry[0] != HEARD]
    following = Engine(folder, engine.files, wire)
    try:
        await following.resume()
    except Died:
        return await _next(engine, folder, wire)
    after = [entry for entry in following.told if entry[0] != HEARD]
    assert after[: len(before)] == before, "what was told has changed"
    return following


class TestPulse:
    async def test_many_touches_are_one_call_and_the_last_is_never_missed(self) -> None:
        calls: list[float] = []
        loop = asyncio.get_running_loop()
        called = asyncio.Event()

        def callback() -> None:
            calls.append(loop.time())
            called.set()

        pulse = Pulse(callback, 0.05)
        for _ in range(3):
            for _ in range(100):
                pulse.touch()
            called.clear()
            await asyncio.wait_for(called.wait(), 5)
        assert len(calls) == 3
        assert all(b - a >= 0.049 for a, b in pairwise(calls))

    async def test_a_flush_tells_at_once_what_is_untold_and_nothing_else(self) -> None:
        calls: list[int] = []
        pulse = Pulse(lambda: calls.append(1), 1000.0)
        pulse.flush()
        assert calls == []
        pulse.touch()
        pulse.flush()
        pulse.flush()
        assert calls == [1]
