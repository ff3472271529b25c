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
from tests.tui.harbour import NOW, Harbour, changed_file, diff_of
from tests.tui.steering import SIZES, Helm, at_the_helm
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
ALL = " ".join(HOSTILE[:-1]) + HOSTILE[-1]
FORBIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def harmless(helm: Helm) -> None:
    """Nothing on the screen can be obeyed by a terminal, and every line has the screen's width."""
    from rich.cells import cell_len

    width = helm.app.size.width
    background = Color.parse("black")
    for strip in helm.app.screen._compositor.render_strips():
        segments = Scrub().apply(list(strip), background)
        text = "".join(segment.text for segment in segments)
        assert not [char for char in text if unicodedata.category(char) in FORBIDDEN]
        assert cell_len(text) == width
        assert not any(segment.style and segment.style.meta.get("@click") for segment in strip)


def fill(harbour: Harbour) -> None:
    """Puts hostile text into every place where text from outside is shown."""
    project = harbour.put_project(ALL, "/src/" + ALL)
    for text in HOSTILE:
        harbour.put_task(project, text, TaskStatus.TODO, description=text)
    task = harbour.put_task(project, ALL, TaskStatus.IN_PROGRESS, description=ALL)
    harbour.put_workspace(task, "name", notice=ALL)
    harbour.set_workspace(harbour.workspaces_["name"], branch=ALL, agent=ALL, folder=ALL)
    kinds: list[dict[str, Any]] = [
        {"kind": kind, "text": ALL, "title": ALL} for kind in EntryKind
    ] + [
        {"kind": EntryKind.TOOL, "title": ALL, "tool_kind": ALL, "output": "\n".join(HOSTILE),
         "state": ToolState.FAILED, "edits": (FileEdit(path=ALL, old=ALL, new=ALL + "\nmore"),)},
        {"kind": EntryKind.PLAN, "plan": (PlanItem(text=ALL, status=ALL),)},
    ]  # fmt: skip
    for number, fields in enumerate(kinds):
        harbour.put_entry("name", Entry(id=str(number), process_id="p", order=number, **fields))
    options = (ApprovalOption(id="1", name=ALL, kind="allow_once"),)
    harbour.put_approval("name", ALL, "\n".join(HOSTILE), options)
    step = StepReport(name=ALL, label=ALL, started_at=NOW, error=ALL)
    harbour.put_operation(
        Operation(id="o", kind=ALL, workspace="name", status=OperationStatus.FAILED, steps=(step,),
                  error={"message": ALL, "hint": ALL}, started_at=NOW)
    )  # fmt: skip
    harbour.processes_.append(
        Process(id="process-name", session_id="s", workspace="name", run_reason=RunReason.COMMAND,
                status=ProcessStatus.FAILED, label=ALL, reason=ALL)
    )  # fmt: skip
    harbour.logs["process-name"] = "\n".join(HOSTILE)
    harbour.tree[""] = tuple(FileNode(path=text, name=text, folder=False) for text in HOSTILE)
    harbour.contents = {text: HOSTILE for text in HOSTILE}
    harbour.changed = tuple(changed_file(text) for text in HOSTILE)
    harbour.diffs = {text: diff_of(*(("+", each) for each in HOSTILE)) for text in HOSTILE}
    harbour.notice = ALL
    harbour.preview = MergePreview(
        workspace="name", style=MergeStyle.MERGE, blocked=(ALL,), message=ALL,
        conflicts=(Conflict(repo_id=ALL, path=ALL, kind=ALL),),
    )  # fmt: skip


@pytest.mark.parametrize("size", SIZES)
async def test_no_widget_obeys_or_hides_hostile_text(harbour: Harbour, size: tuple[int, int]) -> None:
    fill(harbour)
    async with at_the_helm(harbour, size) as helm:
        await helm.press("j", "j", "j", "j")
        harmless(helm)
        await helm.open_workspace("name")
        harmless(helm)
        tabs = ["right_square_bracket"] * 3
        for key in (*"g enter j j enter G".split(), *tabs, *"3 j j j enter 4 j j enter j".split()):
            await helm.press(key)
            await helm.pilot.pause(0.05)
            harmless(helm)
        for key in ("y", "d", "m", "colon", "question_mark", "n"):
            helm.app.home.show_view("session")
            await helm.press(key)
            await helm.pilot.pause(0.05)
            harmless(helm)
            await helm.press("escape")


async def test_titles_are_shown_as_they_are(harbour: Harbour) -> None:
    project = harbour.put_project("p")
    harbour.put_task(project, "fix [/] bug in path[id].tsx")
    async with at_the_helm(harbour, (80, 24)) as helm:
        await helm.sees("fix [/] bug in path[id].tsx")


async def test_a_click_on_outside_text_runs_nothing(harbour: Harbour) -> None:
    project = harbour.put_project("p")
    for _ in range(3):
        harbour.put_task(project, "[@click=app.perform('quit')]XXXXXXXX[/]")
    async with at_the_helm(harbour, (120, 40)) as helm:
        for y in range(2, 8):
            await helm.pilot.click("#tree", offset=(10, y))
        assert helm.app.is_running
        harmless(helm)


async def test_errors_and_messages_are_shown_as_they_are(harbour: Harbour) -> None:
    async with at_the_helm(harbour) as helm:
        helm.app.fail(GitError("could not read path[id].tsx \x1b]52;c;x\x07 [/]", hint="[bold]try"))
        await helm.sees("path[id].tsx", "[/]", "[bold]try")
        harmless(helm)


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

    app = BoatyardApp(Harbour().connect)
    assert isinstance(app.get_line_filters()[-1], Scrub)
