"""The conversation: streamed, long, jumped about in, copied from."""

from __future__ import annotations

import pytest

from core.values.conversation import Entry, EntryKind
from tests.tui.harbour import Harbour
from tests.tui.steering import Helm, at_the_helm
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
    fleet: Harbour, drawn: list[str]
) -> None:
    fleet.entries["first"] = turns(10_000)
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("first")
        await helm.sees("text 9999")
        assert len(set(drawn)) <= 200
        drawn.clear()
        for _ in range(10):
            await helm.press("pageup")
        assert not set(drawn) & {f"e{number}" for number in range(9_800, 10_000)}, "drawn once, not again"
        talk = helm.app.home.session.conversation
        assert talk.row_count() < 2_000
        await helm.press("G")
        await helm.sees("text 9999")
        assert len(drawn) == len(set(drawn))


async def test_a_text_that_grows_draws_its_own_entry_alone(fleet: Harbour, drawn: list[str]) -> None:
    fleet.entries["first"] = turns(100)
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("first")
        await helm.sees("text 99")
        drawn.clear()
        fleet.put_entry("first", entry(99, text=" and more"), keep=7)
        await helm.sees("text 99 and more")
        assert set(drawn) == {"e99"}


async def test_braces_jump_between_turns(fleet: Harbour) -> None:
    fleet.entries["first"] = turns(40)
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("first")
        await helm.sees("text 39")
        talk = helm.app.home.session.conversation
        seen = []
        for key in ("left_curly_bracket",) * 3 + ("right_curly_bracket",) * 2:
            await helm.press(key)
            assert talk.current is not None
            seen.append(talk.current.order)
        assert seen == [36, 32, 28, 32, 36]
        assert not talk.following
        await helm.press("right_curly_bracket")
        assert talk.following


async def copied(helm: Helm, *keys: str) -> str:
    await helm.press("y", *keys)
    return helm.app.clipboard


async def test_entry_code_answer_and_range_are_copied(fleet: Harbour) -> None:
    fleet.entries["first"] = [
        entry(0, EntryKind.USER, "do it"), entry(1, text="Before."),
        entry(2, text="So:\n```sh\nmake\n```\ndone"),
    ]  # fmt: skip
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("first")
        await helm.sees("done")
        assert await copied(helm, "e") == "So:\n```sh\nmake\n```\ndone"
        assert await copied(helm, "c") == "make\n"
        assert await copied(helm, "a") == "Before.\n\nSo:\n```sh\nmake\n```\ndone"
        await helm.press("v", "k", "k")
        assert await copied(helm) == " So:\n   make\n done"
        assert not helm.app.home.session.conversation.marking
        await helm.press("v", "escape")
        assert helm.app.home.view == "session" and not helm.app.home.session.conversation.marking


async def test_thoughts_are_folded_until_asked_for(fleet: Harbour) -> None:
    fleet.entries["first"] = [entry(0, EntryKind.THOUGHT, "first line\nsecond line")]
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("first")
        await helm.sees("Thinking", "first line")
        assert "second line" not in helm.text()
        await helm.press("enter")
        await helm.sees("second line")
