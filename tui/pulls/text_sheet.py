"""What a pull request says: its title, its text, and whether it is ready for review."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from core.values.text import safe_text
from tui.widgets.choice import Choice
from tui.widgets.line_input import LineInput
from tui.widgets.prompt import Prompt
from tui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from tui.engine.form_drafts import Keep

DRAFT, READY = "draft", "ready"


@dataclass(frozen=True)
class PullText:
    """What was written."""

    title: str
    body: str
    draft: bool

    @classmethod
    def of(cls, title: str, body: str, *, draft: bool) -> PullText:
        """As a form can have it: lines may end with a carriage return at a host."""
        return cls(title.strip(), "\n".join(body.splitlines()).strip(), draft)

    @property
    def fields(self) -> dict[str, str]:
        """As the fields of the form have it."""
        return {"title": self.title, "text": self.body, "state": DRAFT if self.draft else READY}


class PullTextSheet(Sheet[PullText]):
    """Gives what it is to say. What is typed is kept at once, until it has been sent."""

    def __init__(
        self, heading: str, done: str, text: PullText, drafted: Mapping[str, str], keep: Keep
    ) -> None:
        """
        Args:
            heading: What the dialog is about.
            done: What Enter does.
            text: What it would say where nothing was typed.
            drafted: What was typed before and not sent.
            keep: Is given what is typed.
        """
        super().__init__(
            heading, f"{{accept}} {done}", "{sheet-next} next", "{newline} new line",
            "{sheet-leave} leave", "{editor} $EDITOR",
        )  # fmt: skip
        self._present, self._keep = text.fields, keep
        self._typed = {**self._present, **{name: drafted[name] for name in text.fields if name in drafted}}

    def body(self) -> ComposeResult:
        title = safe_text(self._typed["title"])
        # Not selected: one more press of the key that opened it would take the title's place.
        yield self.field("Title", LineInput(title, id="title", compact=True, select_on_focus=False))
        yield self.field("Text", Prompt("What it changes, and why", id="text"))
        states = [("ready for review", "", READY), ("draft", "", DRAFT)]
        yield self.field("State", Choice(states, at=int(self._typed["state"] == DRAFT), id="state"))

    def on_mount(self) -> None:
        self.query_one(Prompt).show(self._typed["text"], at_start=True)
        self.query_one("#title", Input).focus()

    @property
    def _written(self) -> PullText:
        title, state = self.query_one("#title", Input).value, self.query_one("#state", Choice).value
        return PullText.of(title, self.query_one(Prompt).text, draft=state == DRAFT)

    @on(Input.Changed, "#title")
    @on(Prompt.Changed, "#text")
    @on(Choice.Changed)
    def _keep_typed(self) -> None:
        now = self._written.fields
        if now != self._typed:
            self._typed = now
            self._keep({name: text for name, text in now.items() if text != self._present[name]})

    @on(Choice.Submitted)
    def submit(self) -> None:
        if self._written.title:
            self.dismiss(self._written)
        else:
            self.problem("It needs a title.")
