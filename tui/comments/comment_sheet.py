"""Where a comment is written; what was typed is kept when one leaves."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult

from tui.widgets.prompt import Prompt
from tui.widgets.sheet import Sheet


class CommentSheet(Sheet[str]):
    """Gives the text."""

    def __init__(self, title: str, key: str, drafts: dict[str, str], text: str = "") -> None:
        """
        Args:
            key: What is commented on, in `drafts`.
            drafts: What was typed and not kept, by what it is on.
            text: What it says now.
        """
        super().__init__(
            title, "{send} keep", "{newline} new line", "{editor} $EDITOR", "{leave} leave, kept as typed"
        )
        self._key, self._drafts, self._text = key, drafts, text

    def body(self) -> ComposeResult:
        yield Prompt("What is to be different here", id="comment")

    def on_mount(self) -> None:
        prompt = self.query_one(Prompt)
        prompt.show(self._drafts.get(self._key, self._text))
        prompt.focus()

    def submit(self) -> None:
        text = self.query_one(Prompt).text.strip()
        if text:
            self.dismiss(text)
        else:
            self.problem("An empty comment says nothing.")

    @on(Prompt.Left)
    def _keep(self) -> None:
        """The sheet itself closes then."""
        text = self.query_one(Prompt).text
        if text.strip() and text != self._text:
            self._drafts[self._key] = text
        else:
            self._drafts.pop(self._key, None)
