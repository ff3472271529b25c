"""Where a task's description is written, and seen as the Markdown that it is."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from tui.keys.actions import bindings
from tui.looks.glyphs import Glyphs
from tui.text.prose import prose
from tui.text.spans import Line
from tui.widgets.card import Card
from tui.widgets.prompt import Prompt


class Description(Vertical):
    """A prompt; its key shows what was written as it will be read, and the prompt again."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("description")]
    DEFAULT_CSS = """
    Description { height: auto; width: 1fr; }
    Description Card { display: none; height: auto; min-height: 3; max-height: 12; }
    Description.-preview Card { display: block; }
    Description.-preview Prompt { display: none; }
    """

    def __init__(self, text: str = "", placeholder: str = "") -> None:
        super().__init__()
        self._prompt = Prompt(placeholder, id="description")
        self._prompt.text = text
        self._prompt.move_cursor(self._prompt.document.end)
        self._card = Card(id="preview")

    def compose(self) -> ComposeResult:
        yield self._prompt
        yield self._card

    def action_preview(self) -> None:
        """Shows the other one of both."""
        shown = not self.has_class("-preview")
        self.set_class(shown, "-preview")
        text = self._prompt.text
        if shown:
            self._card.show(lambda width, glyphs: _lines(text, width, glyphs))
        (self._card if shown else self._prompt).focus()


def _lines(text: str, width: int, glyphs: Glyphs) -> list[Line]:
    if not text.strip():
        return [((" Nothing is written yet", "dim"),)]
    return [((" ", "text"), *line) for line in prose(text, width - 2, glyphs)]
