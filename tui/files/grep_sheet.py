"""Text found in the files of a workspace, while one types."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import BindingType

from tui.keys.actions import bindings
from tui.text.literal import literal
from tui.text.spans import Line, Span
from tui.widgets.find_sheet import FindSheet
from tui.widgets.line_input import LineInput
from tui.widgets.rows import RowView

if TYPE_CHECKING:
    from core.values.review import FoundLine
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


class GrepSheet(FindSheet["tuple[str, int]"]):
    """Gives the path and the line that was chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("grep")]

    def __init__(self, link: Link, workspace: str, text: str = "") -> None:
        self._lines = LineRows()
        hint = "a text of one line; capitals count when there are any"
        line = LineInput(text, placeholder=hint, id="needle", compact=True)
        super().__init__(
            f"Find in the files of {workspace}", self._lines, line, "{accept} go there",
            "{expression} text or expression", "{sheet-leave} leave",
        )  # fmt: skip
        self._link, self._workspace = link, workspace
        self.typed = text
        self._regex = False
        self._fresh = True
        """Whether a snapshot is taken first: once is enough while one types."""

    def action_expression(self) -> None:
        """A text is an expression from now on, or a text again."""
        self._regex = not self._regex
        self.query_one("#sheet").border_title = literal(
            f" {'Find an expression in' if self._regex else 'Find in'} the files of {self._workspace} "
        )
        self.look(self.typed)

    @work(group="grep", exclusive=True)
    async def look(self, typed: str) -> None:  # type: ignore[override]
        """Asks the engine; the next key cancels it."""
        self.typed = typed
        if not typed.strip():
            self._lines.show((), "", "Tracked, changed and new files; not those that git ignores")
            return
        await asyncio.sleep(REST_SECONDS)
        if not await self.attempt(lambda: self._show(typed)):
            self._lines.show((), "", "Nothing was found")

    async def _show(self, text: str) -> None:
        found = await self._link.client.grep(
            self._workspace, text, regex=self._regex, ignore_case=text == text.lower(), limit=LIMIT,
            latest=not self._fresh,
        )  # fmt: skip
        self._fresh = False
        self.problem(f"These are the first {len(found.lines)}; there are more" if found.more else "")
        self._lines.show(found.lines, "" if self._regex else text, "No line has it")

    def submit(self) -> None:
        if self._lines.current is not None:
            self.dismiss((self._lines.current.path, self._lines.current.line))
