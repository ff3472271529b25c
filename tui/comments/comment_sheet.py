"""Where a comment is written; what is typed is kept at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult

from core.values.text import safe_text
from tui.widgets.prompt import Prompt
from tui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from core.values.comments import CommentPlace
    from tui.comments.drafts import CommentDrafts


class CommentSheet(Sheet[str]):
    """Gives the text.

    It does not wait for the engine's draft to open: keys that come in one burst with the one that opens it
    would be taken for actions. A draft that comes after one has begun to type goes before what was typed.
    """

    def __init__(
        self,
        title: str,
        key: str,
        drafts: CommentDrafts,
        present: str = "",
        place: CommentPlace | None = None,
    ) -> None:
        """
        Args:
            title: What is commented on.
            key: The draft's name in `drafts`.
            drafts: What was typed and not kept.
            present: What the comment says now.
            place: Where it is, if it is a new one.
        """
        super().__init__(
            title, "{send} keep", "{leave} leave as draft", "{newline} new line", "{editor} $EDITOR"
        )
        self._key, self._drafts, self._present, self._place = key, drafts, present, place
        self._shown = self._at_first = ""
        self._loaded = self._submits = False

    def body(self) -> ComposeResult:
        yield Prompt("What is to be different here", id="comment")

    def on_mount(self) -> None:
        self._show(self._drafts.known(self._key, self._present))
        self._at_first = self._shown
        self._prompt.focus()
        self._load()

    @property
    def _prompt(self) -> Prompt:
        return self.query_one(Prompt)

    def _show(self, text: str) -> None:
        self._prompt.show(text)
        self._shown = self._prompt.text

    def on_unmount(self) -> None:
        if not self._loaded and self._shown != self._at_first:
            self._keep(self._shown)

    def _keep(self, text: str) -> None:
        self._drafts.keep_text(self._key, text, self._present, self._place)

    @work
    async def _load(self) -> None:
        """The draft as the engine has it, which may have been written at another terminal.

        Nothing is kept before: it would take the place of what has not been read.
        """
        begun = await self._drafts.begun(self._key, self._present)
        text, self._loaded = self._prompt.text, True
        joins = text != self._at_first and begun not in ("", self._present, self._at_first)
        if joins:
            self._prompt.insert(f"{safe_text(begun, multiline=True)}\n", (0, 0))
        elif text != self._at_first:
            self._keep(text)
        elif begun != text:
            self._show(begun)
        if self._submits and not joins:
            self.submit()

    def submit(self) -> None:
        if not self._loaded:
            self._submits = True
            return
        text = self._prompt.text.strip()
        if text:
            self.dismiss(text)
        else:
            self.problem("An empty comment says nothing.")

    @on(Prompt.Changed, "#comment")
    def _typed(self, event: Prompt.Changed) -> None:
        text = event.text_area.text
        if text != self._shown:
            self._shown = text
            if self._loaded:
                self._keep(text)
