"""Text from outside is data: it is never markup, never a control sequence, never invisible."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from core.errors import GitError
from core.values.conflicts import Conflict
from core.values.conversation import Entry, EntryKind, FileEdit, PlanItem, ToolState
from core.values.entities import ApprovalOption, Operation, Process, StepReport
from core.values.review import FileNode, MergePreview
from core.values.states import MergeStyle, OperationStatus, ProcessStatus, RunReason, TaskStatus
from core.values.text import safe_text
from tests.tui.driver import SIZES, Driver, driven
from tests.tui.fake_engine import FakeEngine, changed_file, diff_of
from tests.tui.fake_engine.values import NOW
from tui.text.literal import Scrub, literal, plain

pytestmark = pytest.mark.slow

HOSTILE = [
    "fix [/] bug",
    "path[id].tsx",
    "[@click=app.perform('quit')]click[/]",
    "[bold red]loud",
    "\x1b]52;c;cm0gLXJm\x07clipboard",
    "\x9b31mC1 \x9d0;title\x9c",
    "bi\u202edi\u2066 zero\u200bwidth\ufeff",
    "bell\a back\b cr\rlf\n tab\tdel\x7f",
    "lone \udcff surrogate",
    "combining e" + "\u0301" * 60,
    "wide 漢字 and emoji",
    "x" * 5000,
]
ALL = " ".join(HOSTILE[:-1]) + "x" * 500  # longer than any screen is wide
FORBIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def harmless(ui: Driver) -> None:
    """Nothing on the screen can be obeyed by a terminal, and every line has the screen's width."""
    from rich.cells import cell_len

    width = ui.app.size.width
    background = Color.parse("black")
    for strip in ui.app.screen._compositor.render_strips():
        segments = Scrub().apply(list(strip), background)
        text = "".join(segment.text for segment in segments)
        assert not [char for char in text if unicodedata.category(char) in FORBIDDEN]
        assert cell_len(text) == width
        assert not any(segment.style and segment.style.meta.get("@click") for segment in strip)


def fill(bare_engine: FakeEngine) -> None:
    """Puts hostile text into every place where text from outside is shown."""
    project = bare_engine.put_project(ALL, "/src/" + ALL)
    for text in HOSTILE:
        bare_engine.put_task(project, text, TaskStatus.TODO, description=text)
    task = bare_engine.put_task(project, ALL, TaskStatus.IN_PROGRESS, description=ALL)
    bare_engine.put_workspace(task, "name", notice=ALL)
    bare_engine.set_workspace(bare_engine.workspaces_["name"], branch=ALL, agent=ALL, folder=ALL)
    kinds: list[dict[str, Any]] = [
        {"kind": kind, "text": ALL, "title": ALL} for kind in EntryKind
    ] + [
        {"kind": EntryKind.TOOL, "title": ALL, "tool_kind": ALL, "output": "\n".join(HOSTILE),
         "state": ToolState.FAILED, "edits": (FileEdit(path=ALL, old=ALL, new=ALL + "\nmore"),)},
        {"kind": EntryKind.PLAN, "plan": (PlanItem(text=ALL, status=ALL),)},
    ]  # fmt: skip
    for number, fields in enumerate(kinds):
        bare_engine.put_entry("name", Entry(id=str(number), process_id="p", order=number, **fields))
    options = (ApprovalOption(id="1", name=ALL, kind="allow_once"),)
    bare_engine.put_approval("name", ALL, "\n".join(HOSTILE), options)
    step = StepReport(name=ALL, label=ALL, started_at=NOW, error=ALL)
    bare_engine.put_operation(
        Operation(id="o", kind=ALL, workspace="name", status=OperationStatus.FAILED, steps=(step,),
                  error={"message": ALL, "hint": ALL}, started_at=NOW)
    )  # fmt: skip
    bare_engine.processes_.append(
        Process(id="process-name", session_id="s", workspace="name", run_reason=RunReason.COMMAND,
                status=ProcessStatus.FAILED, label=ALL, reason=ALL)
    )  # fmt: skip
    bare_engine.logs["process-name"] = "\n".join(HOSTILE)
    bare_engine.tree[""] = tuple(FileNode(path=text, name=text, folder=False) for text in HOSTILE)
    bare_engine.contents = {text: HOSTILE for text in HOSTILE}
    bare_engine.changed = tuple(changed_file(text) for text in HOSTILE)
    bare_engine.diffs = {text: diff_of(*(("+", each) for each in HOSTILE)) for text in HOSTILE}
    bare_engine.notice = ALL
    bare_engine.preview = MergePreview(
        workspace="name", style=MergeStyle.MERGE, blocked=(ALL,), message=ALL,
        conflicts=(Conflict(repo_id=ALL, path=ALL, kind=ALL),),
    )  # fmt: skip


@pytest.mark.parametrize("size", SIZES)
async def test_no_widget_obeys_or_hides_hostile_text(bare_engine: FakeEngine, size: tuple[int, int]) -> None:
    fill(bare_engine)
    async with driven(bare_engine, size) as ui:
        await ui.press("j", "j", "j", "j")
        harmless(ui)
        await ui.open_workspace("name")
        harmless(ui)
        tabs = ["right_square_bracket"] * 3
        for key in (*"g enter j j enter G".split(), *tabs, *"3 j j j enter 4 j j enter j".split()):
            await ui.press(key)
            await ui.pilot.pause(0.05)
            harmless(ui)
        for key in ("y", "d", "m", "colon", "question_mark", "n"):
            ui.app.home.show_view("session")
            await ui.press(key)
            await ui.pilot.pause(0.05)
            harmless(ui)
            await ui.press("escape")


async def test_titles_are_shown_as_they_are(bare_engine: FakeEngine) -> None:
    project = bare_engine.put_project("p")
    bare_engine.put_task(project, "fix [/] bug in path[id].tsx")
    async with driven(bare_engine, (80, 24)) as ui:
        await ui.sees("fix [/] bug in path[id].tsx")


async def test_a_click_on_outside_text_runs_nothing(bare_engine: FakeEngine) -> None:
    project = bare_engine.put_project("p")
    for _ in range(3):
        bare_engine.put_task(project, "[@click=app.perform('quit')]XXXXXXXX[/]")
    async with driven(bare_engine, (120, 40)) as ui:
        for y in range(2, 8):
            await ui.pilot.click("#tree", offset=(10, y))
        assert ui.app.is_running
        harmless(ui)


async def test_errors_and_messages_are_shown_as_they_are(bare_engine: FakeEngine) -> None:
    async with driven(bare_engine) as ui:
        ui.app.fail(GitError("could not read path[id].tsx \x1b]52;c;x\x07 [/]", hint="[bold]try"))
        await ui.sees("path[id].tsx", "[/]", "[bold]try")
        harmless(ui)


@given(st.text())
def test_plain_text_is_printable_whatever_comes(text: str) -> None:
    shown = plain(text)
    assert not [char for char in shown if unicodedata.category(char) in FORBIDDEN]
    assert literal(text).plain == shown


@pytest.mark.parametrize("multiline", [False, True])
@pytest.mark.parametrize("text", HOSTILE)
def test_literal_text_is_whole_and_has_no_style_of_its_own(text: str, multiline: bool) -> None:
    shown = literal(text, multiline=multiline)
    assert shown.plain == safe_text(text, multiline=multiline).expandtabs(4)
    assert not shown.spans


@given(st.text())
def test_the_last_filter_lets_nothing_through_that_a_terminal_obeys(text: str) -> None:
    (segment,) = Scrub().apply([Segment(text, None)], Color.parse("black"))
    assert not [char for char in segment.text if unicodedata.category(char) in FORBIDDEN]
    assert isinstance(segment.style, Style)


def test_the_last_filter_keeps_what_is_printable() -> None:
    segments = [Segment("plain 漢字 ✓", Style(bold=True))]
    assert Scrub().apply(segments, Color.parse("black")) == segments


def test_the_app_puts_the_filter_last() -> None:
    from tui.app import BoatyardApp

    app = BoatyardApp(FakeEngine().connect)
    assert isinstance(app.get_line_filters()[-1], Scrub)
