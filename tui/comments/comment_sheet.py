"""Where a comment is written; what is typed is kept at once."""

from __future__ import annotations

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult

from tui.widgets.prompt import Prompt
from tui.widgets.sheet import Sheet


class CommentSheet(Sheet[str]):
    """Gives the text."""

    def __init__(self, title: str, begun: str, keep: Callable[[str], None]) -> None:
        """
        Args:
            title: What is commented on.
            begun: What the box begins with.
            keep: Is given what is typed.
        """
        super().__init__(
            title, "{send} keep", "{newline} new line", "{editor} $EDITOR", "{leave} leave, kept as typed"
        )
        self._begun, self._keep = begun, keep

    def body(self) -> ComposeResult:
        yield Prompt("What is to be different here", id="comment")

    def on_mount(self) -> None:
        prompt = self.query_one(Prompt)
        prompt.show(self._begun)
        self._begun = prompt.text
        prompt.focus()

    def submit(self) -> None:
        text = self.query_one(Prompt).text.strip()
        if text:
            self.dismiss(text)
        else:
            self.problem("An empty comment says nothing.")

    @on(Prompt.Changed, "#comment")
    def _typed(self, event: Prompt.Changed) -> None:
        text = event.text_area.text
        if text != self._begun:
            self._begun = text
            self._keep(text)
