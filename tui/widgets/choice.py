"""One of several, on one line: left and right choose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar, cast

from rich.cells import cell_len
from textual.binding import BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from tui.keys.actions import bindings
from tui.text.spans import Span, draw

if TYPE_CHECKING:
    from tui.looks.look import Look

Value = TypeVar("Value")


class Choice(Widget, Generic[Value], can_focus=True):
    """The options with what is to be known of each."""

    DEFAULT_CSS = """
    Choice { height: 1; width: 1fr; }
    Choice.-detailed { height: 2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("choice")]
    at: reactive[int] = reactive(0)

    class Changed(Message):
        """Another one is chosen."""

    class Submitted(Message):
        """Enter was pressed."""

    def __init__(
        self,
        options: Sequence[tuple[str, str, Value]],
        *,
        at: int = 0,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self._options = list(options)
        self.set_class(any(detail for _, detail, _ in self._options), "-detailed")
        self.set_reactive(Choice.at, at)

    @property
    def value(self) -> Value:
        """What is chosen."""
        return self._options[self.at][2]

    def watch_at(self) -> None:
        self.post_message(self.Changed())

    def action_step(self, step: int) -> None:
        self.at = (self.at + step) % len(self._options)

    def action_submit(self) -> None:
        self.post_message(self.Submitted())

    def on_click(self) -> None:
        self.action_step(1)

    def render_line(self, y: int) -> Strip:
        look = cast("Look", self.app)
        if y == 1:
            detail = self._options[self.at][1]
            return draw(
                look.palette,
                ((f" {detail}", "dim"),),
                width=self.size.width,
                base=self.rich_style,
                cut=look.glyphs.cut,
            )
        spans: list[Span] = []
        first = self._first()
        if first:
            spans.append((f" {look.glyphs.cut}", "dim"))
        for index, (label, _, _) in enumerate(self._options[first:], first):
            chosen = index == self.at
            under = "cursor " if chosen and self.has_focus else ""
            mark = look.glyphs.running if chosen else look.glyphs.todo
            spans.append((f" {mark} {label} ", f"{under}{'strong' if chosen else 'dim'}"))
        return draw(look.palette, spans, width=self.size.width, base=self.rich_style, cut=look.glyphs.cut)

    def _first(self) -> int:
        """The first option that is drawn: the chosen one is always in sight."""
        widths = [cell_len(label) + 4 for label, _, _ in self._options]
        first = 0
        while first < self.at and sum(widths[first : self.at + 1]) + 2 * bool(first) > self.size.width - 1:
            first += 1
        return first

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()
