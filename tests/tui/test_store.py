"""What the store holds is what the engine said, whether by snapshot or event by event."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from core.values import events as told
from core.values.conversation import Conversation, Entry, EntryKind
from core.values.states import Activity, TaskStatus, WorkspaceState
from tests.tui.fake_engine import FakeEngine
from tui.engine.bridge import Bridge
from tui.engine.changes import Changes
from tui.engine.store import Store
from tui.session.feed import MAX_ENTRIES, Feed
from tui.terminal.attention import in_need
from tui.widgets.pages import Pages

STEPS = st.lists(st.tuples(st.sampled_from("tswardp"), st.integers(0, 5)), max_size=40)


async def _play(bare_engine: FakeEngine, steps: list[tuple[str, int]]) -> None:
    """Lets things happen to an engine: tasks, states, workspaces, approvals, removals."""
    project = bare_engine.put_project("p")
    for kind, number in steps:
        tasks = list(bare_engine.tasks_.values())
        workspaces = list(bare_engine.workspaces_.values())
        if kind == "t":
            bare_engine.put_task(project, f"t{number}", list(TaskStatus)[number % 5])
        elif kind == "w" and tasks:
            bare_engine.put_workspace(tasks[number % len(tasks)], f"w{number}")
        elif kind == "s" and workspaces:
            state = list(WorkspaceState)[number % 4]
            bare_engine.set_workspace(workspaces[number % len(workspaces)], state=state)
        elif kind == "a" and workspaces:
            bare_engine.put_approval(workspaces[0].name, f"a{number}")
        elif kind == "d" and bare_engine.approvals_:
            from core.values.requests import AnswerApproval

            await bare_engine.answer_approval(next(iter(bare_engine.approvals_)), AnswerApproval(option="x"))
        elif kind == "r" and workspaces:
            from core.values.requests import RemoveWorkspace

            name = workspaces[number % len(workspaces)].name
            bare_engine.approvals_ = {k: a for k, a in bare_engine.approvals_.items() if a.workspace != name}
            await bare_engine.remove_workspace(name, RemoveWorkspace())
        elif kind == "p":
            bare_engine.put_project(f"p{number}")


def _content(store: Store) -> dict[str, Any]:
    return {
        "projects": store.projects,
        "tasks": store.tasks,
        "workspaces": store.workspaces,
        "approvals": store.approvals,
        "of": {task: sorted(names) for task, names in store.workspaces_of.items() if names},
        "counts": store.counts(),
    }


@given(STEPS)
def test_a_snapshot_and_the_events_that_led_to_it_say_the_same(steps: list[tuple[str, int]]) -> None:
    bare_engine = FakeEngine()
    asyncio.run(_play(bare_engine, steps))
    by_events, by_snapshot = Store(), Store()
    for event in bare_engine.log_of_events:
        by_events.apply(event)
    by_snapshot.load(asyncio.run(bare_engine.snapshot()))
    assert _content(by_events) == _content(by_snapshot)
    assert by_events.sequence == by_snapshot.sequence


async def test_events_of_one_frame_are_told_together() -> None:
    store, bare_engine = Store(), FakeEngine()
    heard: list[Changes] = []
    store.watch(heard.append)
    bridge = Bridge(store)
    project = bare_engine.put_project("p")
    for number in range(200):
        bare_engine.put_task(project, f"t{number}")
    for event in bare_engine.log_of_events:
        bridge.receive(event)
    async with asyncio.timeout(5):
        while sum(len(changes.tasks) for changes in heard) < 200:  # noqa: ASYNC110 (a timer of the loop fires)
            await asyncio.sleep(0)
    assert len(heard) <= 2


def test_a_workspace_that_was_deleted_is_gone_with_what_hung_on_it(engine: FakeEngine) -> None:
    store = Store()
    engine.put_approval("first", "asks")
    for event in engine.log_of_events:
        store.apply(event)
    gone = msgspec.structs.replace(engine.workspaces_["first"], state=WorkspaceState.DELETED)
    store.apply(told.WorkspaceChanged(workspace=gone))
    assert "first" not in store.workspaces and not store.approvals
    assert in_need(store) == []


def test_what_needs_attention_is_counted(engine: FakeEngine) -> None:
    store = Store()
    engine.set_workspace(engine.workspaces_["second"], activity=Activity.FAILED)
    for event in engine.log_of_events:
        store.apply(event)
    assert store.counts() == (1, 0, 1)
    assert in_need(store) == ["second"]


def _entry(id_: str, text: str) -> Entry:
    return Entry(id=id_, process_id="p", kind=EntryKind.MESSAGE, order=0, text=text)


@given(st.lists(st.text(max_size=10), min_size=1, max_size=20))
def test_a_text_that_grows_by_its_end_is_whole(pieces: list[str]) -> None:
    feed = Feed("w")
    feed.load(Conversation(entries=(), total=0, start=0), "s")
    whole = ""
    for piece in pieces:
        event = told.EntryChanged(workspace="w", session_id="s", entry=_entry("e", piece), keep=len(whole))
        assert feed.apply(event) == 0
        whole += piece
    assert feed.entries[0].text == whole


def test_a_piece_of_an_unknown_entry_asks_to_read_again() -> None:
    feed = Feed("w")
    event = told.EntryChanged(workspace="w", session_id="s", entry=_entry("e", "end"), keep=100)
    assert feed.apply(event) is None
    feed.load(Conversation(entries=(), total=0, start=0), "s")
    assert feed.apply(event) is None


def test_a_feed_is_bounded_and_what_it_let_go_can_be_read_again() -> None:
    feed = Feed("w")
    feed.load(Conversation(entries=(), total=0, start=0), "s")
    for number in range(MAX_ENTRIES * 2):
        feed.apply(told.EntryChanged(workspace="w", session_id="s", entry=_entry(str(number), "x")))
        feed.trim()
    assert len(feed.entries) <= MAX_ENTRIES * 1.25
    assert feed.start == MAX_ENTRIES * 2 - len(feed.entries)
    older = tuple(_entry(str(number), "x") for number in range(feed.start - 10, feed.start + 5))
    assert feed.prepend(Conversation(entries=older, total=0, start=feed.start - 10)) == 10


def test_pages_hold_a_window_and_ask_once() -> None:
    pages: Pages[int] = Pages(10, 3)
    pages.put(0, range(10), 100)
    assert pages.missing(5, 25) == [1, 2]
    assert pages.missing(5, 25) == []
    pages.put(1, range(10, 20), 100)
    assert pages.get(15) == 15 and pages.get(25) is None
    for number in range(2, 8):
        pages.put(number, range(number * 10, number * 10 + 10), 100)
    assert len(pages.held()) == 3
    assert pages.missing(0, 5) == [0]
    pages.forget(0)
    assert pages.missing(0, 5) == [0]
