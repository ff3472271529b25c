"""Search over everything: found as one types, gone to, come back to."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import BoatyardError
from core.values.conversation import Entry, EntryKind
from core.values.entities import Process, Session
from core.values.search import SearchAnswer, SearchHit
from core.values.states import ProcessStatus, RunReason
from tests.tui.driver import SIZES, driven
from tests.tui.fake_engine import FakeEngine
from tui.search.rows import marked, words_of
from tui.search.sheet import SearchSheet


@pytest.fixture
def found(engine: FakeEngine) -> FakeEngine:
    text = "".join(f"line {number}\n" for number in range(30_000))
    engine.logs["process-first"] = text.replace("line 15000\n", "a needle here\n")
    offset = engine.logs["process-first"].index("a needle")
    for number in range(1000):
        kind = EntryKind.USER if number % 10 == 0 else EntryKind.MESSAGE
        said = "the needle was said" if number == 333 else f"text {number}"
        engine.entries.setdefault("second", []).append(
            Entry(id=f"e{number}", process_id=f"p{number // 10}", kind=kind, order=number, text=said)
        )
    engine.hits = [
        SearchHit(workspace="first", process_id="process-first", kind="output", offset=offset, line=15000,
                  text="a needle here", before=("line 14999",), after=("line 15001",), label="make"),
        SearchHit(workspace="second", process_id="p33", kind="answer", entry_id="e333",
                  text="the needle was said"),
        SearchHit(workspace="first", process_id="x", kind="errors", text="other needle"),
    ]  # fmt: skip
    return engine


@pytest.mark.parametrize("size", SIZES)
async def test_hits_are_shown_with_as_much_around_them_as_there_is_room_for(
    found: FakeEngine, size: tuple[int, int]
) -> None:
    async with driven(found, size) as ui:
        await ui.press("S")
        await ui.sees("Search everything", "-without")
        await ui.type("needle")
        await ui.sees("out   first", "agent second", "a needle here")
        assert ("line 14999" in ui.text()) == (size[0] >= 120)
        assert ("○ second" in ui.text()) == (size[0] >= 160)


async def test_enter_goes_to_the_line_in_the_log_and_escape_comes_back(found: FakeEngine) -> None:
    async with driven(found) as ui:
        await ui.press("S")
        await ui.type("needle")
        await ui.sees("a needle here")
        await ui.press("enter")
        await ui.sees("line 14999", "line 15001")
        view = ui.app.home.session.main
        assert view.row_text(view.cursor_row) == "a needle here"  # type: ignore[attr-defined]
        await ui.press("escape")
        await ui.sees("Search everything", "the needle was said")
        await ui.press("escape")
        assert ui.app.screen is ui.app.home


async def test_enter_goes_to_an_entry_far_back_in_the_conversation(found: FakeEngine) -> None:
    async with driven(found) as ui:
        await ui.press("S")
        await ui.type("needle")
        await ui.sees("the needle was said")
        await ui.press("down", "enter")
        await ui.until(lambda: ui.app.home.session.workspace == "second", "gone there")
        await ui.sees("the needle was said", "text 334")
        current = ui.app.home.session.conversation.current
        assert current is not None and current.id == "e333"


def earlier(engine: FakeEngine, *, dropped: bool) -> None:
    """What is found was said in a turn that is not in the present conversation any more."""
    process = Process(
        id="old", session_id="s0", workspace="second", run_reason=RunReason.CODING_AGENT,
        status=ProcessStatus.COMPLETED, dropped=dropped,
    )  # fmt: skip
    engine.processes_.append(process)
    said = [
        Entry(id=f"e{at}", process_id="old", kind=EntryKind.MESSAGE, order=at, text=f"long ago {at}")
        for at in range(500)
    ]
    engine.past["old" if dropped else "s0"] = said
    engine.hits = [
        SearchHit(workspace="second", process_id="old", kind="answer", entry_id="e77", text="needle")
    ]


@pytest.mark.parametrize(
    ("dropped", "words"), [(False, "An earlier session"), (True, "A turn that was taken back")]
)
async def test_what_was_said_in_an_earlier_session_or_taken_back_is_shown_where_it_stands(
    found: FakeEngine, dropped: bool, words: str
) -> None:
    earlier(found, dropped=dropped)
    async with driven(found) as ui:
        await ui.press("S")
        await ui.type("needle")
        await ui.sees("agent second")
        await ui.press("enter")
        await ui.sees("long ago 77", words, "goes back to the present")
        talk = ui.app.home.session.conversation
        assert talk.current is not None and talk.current.id == "e77"
        await ui.press("escape")
        await ui.sees("Search everything")
        await ui.press("escape", "escape")
        await ui.sees("text 999")
        assert talk.past is None


async def test_earlier_sessions_are_listed_and_read(found: FakeEngine) -> None:
    earlier(found, dropped=False)
    found.sessions_ = [
        Session(id=f"s{at}", workspace="second", executor="demo", created_at=at + 1.0) for at in range(2)
    ]
    async with driven(found) as ui:
        ui.app.home.go_to_workspace("second")
        await ui.until(lambda: ui.app.home.session.workspace == "second", "gone there")
        ui.app.perform("sessions")
        await ui.sees("Sessions of second", "(the present one)")
        await ui.press("down", "enter")
        await ui.sees("long ago 499", "An earlier session, with")
        await ui.press("2", "escape")
        await ui.sees("text 999")


def searched(engine: FakeEngine) -> list[Any]:
    """What was searched for, in order."""
    return [value for call, value in engine.calls if call == "search"]


async def test_only_the_last_query_is_asked_and_more_comes_at_the_end(found: FakeEngine) -> None:
    found.hits = [
        SearchHit(workspace="first", process_id="x", kind="output", text=f"needle {n}") for n in range(150)
    ]
    async with driven(found) as ui:
        await ui.press("S")
        await ui.type("needle")
        await ui.sees("needle 0")
        await ui.until(lambda: searched(found)[-1] == ("needle", "", "", ""), "the last is asked")
        await ui.until(lambda: ui.app.last_search.more, "a page has come")
        assert sum(call == "search" for call, _ in found.calls) < 6
        for _ in range(11):
            await ui.press("pagedown")
        await ui.until(lambda: len(ui.app.last_search.hits) == 150, "the next page came")


async def test_facets_keep_to_one_sort(found: FakeEngine) -> None:
    async with driven(found, (200, 60)) as ui:
        await ui.press("S")
        await ui.type("needle")
        await ui.sees("other needle")
        await ui.press("tab", "down", "down", "enter")
        await ui.until(lambda: len(ui.app.last_search.hits) == 1, "one sort is left")
        assert ui.app.last_search.kind == "errors"


async def test_a_search_that_fails_says_so_and_one_without_hits_too(
    found: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with driven(found) as ui:
        await ui.press("S")
        await ui.type("zzz")
        await ui.sees("Nothing fits")

        async def failing(*_: object, **__: object) -> SearchAnswer:
            raise BoatyardError("a quote is left open", hint="Close it.")

        monkeypatch.setattr(found, "search", failing)
        await ui.type("y")
        await ui.sees("a quote is left open", "Close it.")


async def test_an_answer_that_comes_while_the_search_is_being_left_stops_nothing(found: FakeEngine) -> None:
    async with driven(found) as ui:
        await ui.press("S")
        await ui.type("needle")
        await ui.sees("a needle here")
        sheet = ui.app.screen
        assert isinstance(sheet, SearchSheet)
        await sheet.query_one("#problem").remove()  # as it is when a dialog's parts go before itself
        await ui.type("s")
        await ui.until(lambda: searched(found)[-1] == ("needles", "", "", ""), "it is asked")
        await ui.press("escape", "escape")
        await ui.until(lambda: ui.app.screen is ui.app.home, "it is left")


def test_what_was_looked_for_is_marked() -> None:
    assert words_of('big "red boat" ship* -not') == ["big", "red", "boat", "ship"]
    assert marked("A Red boat", ["red"]) == [("A ", "text"), ("Red", "match"), (" boat", "text")]
