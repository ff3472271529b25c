"""The conversation: streamed, long, jumped about in, copied from."""

from __future__ import annotations

import pytest

from core.values.conversation import Entry, EntryKind
from tests.tui.driver import Driver, driven
from tests.tui.fake_engine import FakeEngine
from tui.session import conversation, entry_rows

PROCESS = "process-first"


def entry(number: int, kind: EntryKind = EntryKind.MESSAGE, text: str = "") -> Entry:
    text = text or f"text {number}"
    return Entry(id=f"e{number}", process_id=PROCESS, kind=kind, order=number, text=text)


def turns(count: int) -> list[Entry]:
    kinds = (EntryKind.USER, EntryKind.MESSAGE, EntryKind.TOOL, EntryKind.MESSAGE)
    return [entry(number, kinds[number % 4]) for number in range(count)]


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the entries that were drawn, in order."""
    ids: list[str] = []

    def count(entry: Entry, how: entry_rows.Drawing) -> list[entry_rows.EntryRow]:
        ids.append(entry.id)
        return entry_rows.entry_rows(entry, how)

    monkeypatch.setattr(conversation, "entry_rows", count)
    return ids


async def test_ten_thousand_entries_open_at_the_end_and_only_a_window_is_drawn(
    engine: FakeEngine, drawn: list[str]
) -> None:
    engine.entries["first"] = turns(10_000)
    async with driven(engine) as ui:
        await ui.open_workspace("first")
        await ui.sees("text 9999")
        assert len(set(drawn)) <= 200
        drawn.clear()
        for _ in range(10):
            await ui.press("pageup")
        assert not set(drawn) & {f"e{number}" for number in range(9_800, 10_000)}, "drawn once, not again"
        talk = ui.app.home.session.conversation
        assert talk.row_count() < 2_000
        await ui.press("G")
        await ui.sees("text 9999")
        assert len(drawn) == len(set(drawn))


async def test_a_text_that_grows_draws_its_own_entry_alone(engine: FakeEngine, drawn: list[str]) -> None:
    engine.entries["first"] = turns(100)
    async with driven(engine) as ui:
        await ui.open_workspace("first")
        await ui.sees("text 99")
        drawn.clear()
        engine.put_entry("first", entry(99, text=" and more"), keep=7)
        await ui.sees("text 99 and more")
        assert set(drawn) == {"e99"}


async def test_braces_jump_between_turns(engine: FakeEngine) -> None:
    engine.entries["first"] = turns(40)
    async with driven(engine) as ui:
        await ui.open_workspace("first")
        await ui.sees("text 39")
        talk = ui.app.home.session.conversation
        seen = []
        for key in ("left_curly_bracket",) * 3 + ("right_curly_bracket",) * 2:
            await ui.press(key)
            assert talk.current is not None
            seen.append(talk.current.order)
        assert seen == [36, 32, 28, 32, 36]
        assert not talk.following
        await ui.press("right_curly_bracket")
        assert talk.following


async def copied(ui: Driver, *keys: str) -> str:
    await ui.press("y", *keys)
    return ui.app.clipboard


async def test_entry_code_answer_and_range_are_copied(engine: FakeEngine) -> None:
    engine.entries["first"] = [
        entry(0, EntryKind.USER, "do it"), entry(1, text="Before."),
        entry(2, text="So:\n```sh\nmake\n```\ndone"),
    ]  # fmt: skip
    async with driven(engine) as ui:
        await ui.open_workspace("first")
        await ui.sees("done")
        assert await copied(ui, "e") == "So:\n```sh\nmake\n```\ndone"
        assert await copied(ui, "c") == "make\n"
        assert await copied(ui, "a") == "Before.\n\nSo:\n```sh\nmake\n```\ndone"
        await ui.press("v", "k", "k")
        assert await copied(ui) == " So:\n   make\n done"
        assert not ui.app.home.session.conversation.marking
        await ui.press("v", "escape")
        assert ui.app.home.view == "session" and not ui.app.home.session.conversation.marking


async def test_thoughts_are_folded_until_asked_for(engine: FakeEngine) -> None:
    engine.entries["first"] = [entry(0, EntryKind.THOUGHT, "first line\nsecond line")]
    async with driven(engine) as ui:
        await ui.open_workspace("first")
        await ui.sees("Thinking", "first line")
        assert "second line" not in ui.text()
        await ui.press("enter")
        await ui.sees("second line")
