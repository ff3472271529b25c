"""What the screen of an agent shows, for an agent that only has one: looked at while it is in sight."""

from __future__ import annotations

from textual import work

from core.errors import BoatyardError
from tui.engine.link import Link
from tui.looks.pen import PEN
from tui.text.ansi import read_line
from tui.text.spans import Line
from tui.widgets.rows import RowView

LOOK_SECONDS = 0.5


class ScreenPreview(RowView):
    """The lines of the screen, with its colours."""

    shows_cursor = False
    DEFAULT_CSS = """
    ScreenPreview { display: none; height: 2fr; border-top: solid $boatyard-rule; }
    ScreenPreview.-shown { display: block; }
    """

    def __init__(self, link: Link, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._link = link
        self._lines: list[Line] = []
        self._raw: tuple[str, ...] = ()
        self.workspace = ""

    def on_mount(self) -> None:
        self._timer = self.set_interval(LOOK_SECONDS, self._look, pause=True)

    def follow(self, workspace: str) -> None:
        """Shows the screen of a workspace's agent; empty: none is to be seen."""
        if workspace == self.workspace:
            return
        self.workspace = workspace
        self.set_class(bool(workspace), "-shown")
        self._take(())
        if workspace:
            self._timer.resume()
            self._look()
        else:
            self._timer.pause()

    @work(group="screen", exclusive=True)
    async def _look(self) -> None:
        name = self.workspace
        try:
            lines = (await self._link.client.screen(name)).lines
        except BoatyardError:
            return  # it is being opened, or has just ended: the workspace's state tells
        if name == self.workspace:
            self._take(lines)

    def _take(self, raw: tuple[str, ...]) -> None:
        if raw == self._raw:
            return
        self._raw, self._lines, pen = raw, [], PEN
        for line in raw:
            spans, pen = read_line(line, pen)
            self._lines.append(spans)
        self.rows_changed()

    def row_count(self) -> int:
        return len(self._lines)

    def row(self, index: int, width: int) -> tuple[Line, Line]:
        return self._lines[index], ()
