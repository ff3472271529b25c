"""What a pull request says: its title, its text, and whether it is ready for review."""

from __future__ import annotations

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from tui.widgets.choice import Choice
from tui.widgets.line_input import LineInput
from tui.widgets.prompt import Prompt
from tui.widgets.sheet import Sheet, form_hints


@dataclass(frozen=True)
class PullText:
    """What was written."""

    title: str
    body: str
    draft: bool


class PullTextSheet(Sheet[PullText]):
    """Gives what it is to say."""

    def __init__(self, heading: str, text: PullText) -> None:
        super().__init__(heading, *form_hints("keep", "{newline} new line"))
        self._text = text

    def body(self) -> ComposeResult:
        yield self.field("Title", LineInput(self._text.title, id="title", compact=True))
        yield self.field("Text", Prompt("What it changes, and why", id="text"))
        states = [("ready for review", "", False), ("draft", "", True)]
        yield self.field("State", Choice(states, at=int(self._text.draft), id="draft"))

    def on_mount(self) -> None:
        self.query_one(Prompt).show(self._text.body)
        self.query_one("#title", Input).focus()

    @on(Choice.Submitted)
    def submit(self) -> None:
        title = self.query_one("#title", Input).value.strip()
        if not title:
            self.problem("It needs a title.")
            return
        draft = bool(self.query_one("#draft", Choice).value)
        self.dismiss(PullText(title, self.query_one(Prompt).text.strip(), draft))
