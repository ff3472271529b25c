"""Text found in the files of a workspace, while one types."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from core.errors import BoatyardError
from tui.text.literal import literal
from tui.text.spans import Line, Span
from tui.widgets.line_input import LineInput
from tui.widgets.rows import RowView
from tui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from core.values.review import FoundLine, FoundLines
    from tui.engine.link import Link

REST_SECONDS = 0.2
"""How long nothing is typed before the engine is asked."""
LIMIT = 500


class LineRows(RowView):
    """One row per line that was found."""

    driven = True

    def __init__(self) -> None:
        super().__init__(id="lines")
        self.lines: tuple[FoundLine, ...] = ()
        self.note = ""
        self._needle_shown = ""

    def show(self, lines: tuple[FoundLine, ...], needle: str, note: str) -> None:
        """Shows these, with what was looked for marked."""
        self.lines, self._needle_shown, self.note = lines, needle.casefold(), note
        self.rows_changed()
        self.move_to(0)

    @property
    def current(self) -> FoundLine | None:
        """The line at the cursor."""
        return self.lines[self.cursor_row] if self.cursor_row < len(self.lines) else None

    def row_count(self) -> int:
        return len(self.lines)

    def row(self, index: int, width: int) -> tuple[Line, Line]:
        each = self.lines[index]
        return ((f" {each.path}", "link"), (f":{each.line} ", "dim"), *self._marked(each.text.strip())), ()

    def _marked(self, text: str) -> list[Span]:
        at = text.casefold().find(self._needle_shown) if self._needle_shown else -1
        if at < 0 or len(text.casefold()) != len(text):
            return [(text, "text")]
        end = at + len(self._needle_shown)
        return [(text[:at], "text"), (text[at:end], "strong"), (text[end:], "text")]

    def empty_text(self) -> Line:
        return ((f" {self.note}", "dim"),)


class GrepSheet(Sheet["tuple[str, int]"]):
    """Gives the path and the line that was chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("down,ctrl+n", "move(1)", show=False),
        Binding("up,ctrl+p", "move(-1)", show=False),
        Binding("pagedown", "move(10)", show=False),
        Binding("pageup", "move(-10)", show=False),
        Binding("ctrl+t", "regex", show=False),
    ]

    def __init__(self, link: Link, workspace: str, text: str = "") -> None:
        super().__init__(
            f"Find in the files of {workspace}", "enter go there   ctrl+t text or expression   esc leave"
        )
        self._link, self._workspace = link, workspace
        self.typed = text
        self._regex = False
        self._fresh = True
        """Whether a snapshot is taken first: once is enough while one types."""

    def body(self) -> ComposeResult:
        hint = "a text of one line; capitals count when there are any"
        yield LineInput(self.typed, placeholder=hint, id="needle", compact=True)
        yield LineRows()

    def on_mount(self) -> None:
        self._rows = self.query_one(LineRows)
        self._rows.can_focus = False
        self.query_one(Input).focus()
        self._look()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if event.value != self.typed:
            self.typed = event.value
            self._look()

    def action_regex(self) -> None:
        """A text is an expression from now on, or a text again."""
        self._regex = not self._regex
        self.query_one("#sheet").border_title = literal(
            f" {'Find an expression in' if self._regex else 'Find in'} the files of {self._workspace} "
        )
        self._look()

    @work(group="grep", exclusive=True)
    async def _look(self) -> None:
        """Asks the engine; the next key cancels it."""
        text = self.typed
        if not text.strip():
            self._rows.show((), "", "Tracked, changed and new files; not those that git ignores")
            return
        await asyncio.sleep(REST_SECONDS)
        try:
            found = await self._link.client.grep(
                self._workspace, text, regex=self._regex, ignore_case=text == text.lower(), limit=LIMIT,
                latest=not self._fresh,
            )  # fmt: skip
        except BoatyardError as error:
            self._rows.show((), "", "Nothing was found")
            self.problem(f"{error.message}\n{error.hint}".strip())
            return
        self._fresh = False
        self._show(found, "" if self._regex else text)

    def _show(self, found: FoundLines, needle: str) -> None:
        self.problem(f"These are the first {len(found.lines)}; there are more" if found.more else "")
        self._rows.show(found.lines, needle, "No line has it")

    def action_move(self, step: int) -> None:
        self._rows.action_cursor(step)

    @on(RowView.Chosen)
    def _clicked(self, event: RowView.Chosen) -> None:
        event.stop()
        self.submit()

    def submit(self) -> None:
        if self._rows.current is not None:
            self.dismiss((self._rows.current.path, self._rows.current.line))
