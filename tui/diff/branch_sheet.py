"""The branch that a part of a diff is taken onto, and the message of the commit."""

from __future__ import annotations

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.widgets import Input

from tui.widgets.line_input import LineInput
from tui.widgets.prompt import Prompt
from tui.widgets.sheet import Sheet, form_hints


@dataclass(frozen=True)
class OntoBranch:
    """What was filled in."""

    branch: str
    message: str
    """Empty: drafted from the task."""


class BranchSheet(Sheet[OntoBranch]):
    """Enter takes it."""

    def __init__(self, words: str) -> None:
        super().__init__(f"Take {words} onto a branch", *form_hints("take"))

    def body(self) -> ComposeResult:
        branch = LineInput(
            placeholder="an existing one, or a new one from the target branch", id="branch", compact=True
        )
        yield self.field("Branch", branch)
        yield self.field("Message", Prompt("drafted from the task", id="message"))

    def on_mount(self) -> None:
        self.query_one("#branch", Input).focus()

    def submit(self) -> None:
        branch = self.query_one("#branch", Input).value.strip()
        if not branch:
            self.problem("Name the branch.")
            return
        self.dismiss(OntoBranch(branch, self.query_one("#message", Prompt).text.strip()))
