"""Where a task's description is written, and seen as the Markdown that it is; pictures are pasted here."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message

from tui.keys.actions import bindings
from tui.looks.glyphs import Glyphs
from tui.text.prose import prose
from tui.text.spans import Line
from tui.widgets.bar import Bar
from tui.widgets.card import Card
from tui.widgets.pasted import pasted_path
from tui.widgets.prompt import Prompt

if TYPE_CHECKING:
    from tui.looks.look import Look


class Description(Vertical):
    """A prompt; its key shows what was written as it will be read, and the prompt again."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("description")]
    DEFAULT_CSS = """
    Description { height: auto; width: 1fr; }
    Description Card { display: none; height: auto; min-height: 3; max-height: 12; }
    Description.-preview Card { display: block; }
    Description.-preview Prompt { display: none; }
    Description Bar { display: none; }
    Description Bar.-shown { display: block; }
    """

    class Pictured(Message):
        """Other pictures go with the task now."""

        def __init__(self, paths: Sequence[str]) -> None:
            super().__init__()
            self.paths = paths

    def __init__(self, text: str = "", placeholder: str = "", pictures: Sequence[str] = ()) -> None:
        """
        Args:
            text: What is there at first.
            placeholder: What is said where nothing is.
            pictures: The paths of those that were pasted before.
        """
        super().__init__()
        self._prompt = Prompt(placeholder, id="description")
        self._prompt.takes_pictures = True
        self._prompt.text = text
        self._prompt.move_cursor(self._prompt.document.end)
        self._card = Card(id="preview")
        self._bar = Bar(id="with")
        self.pictures = tuple(pictures)

    def compose(self) -> ComposeResult:
        yield self._prompt
        yield self._card
        yield self._bar

    def on_mount(self) -> None:
        self._show_pictures()

    @on(Prompt.Pasted)
    def _pasted(self, event: Prompt.Pasted) -> None:
        event.stop()
        self._have(tuple(dict.fromkeys([*self.pictures, pasted_path(event.text)])))

    @on(Prompt.Unattached)
    def _unattached(self, event: Prompt.Unattached) -> None:
        event.stop()
        self._have(self.pictures[:-1])

    def _have(self, pictures: tuple[str, ...]) -> None:
        self.pictures = pictures
        self._show_pictures()
        self.post_message(self.Pictured(pictures))

    def _show_pictures(self) -> None:
        names = [(f"{PurePath(path).name}  ", "strong") for path in self.pictures]
        drops = cast("Look", self.app).keymap.hint("unattach")
        self._bar.show(((" with ", "dim"), *names), ((drops, "key"), (" drops the last ", "dim")))
        self._bar.set_class(bool(self.pictures), "-shown")

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
