"""Where one writes to the agent: several lines, Enter sends, Ctrl+J starts a new one."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.widgets import TextArea

from core.values.text import safe_text
from tui.actions import bindings

LONGEST_PASTE = 200_000
"""Characters of a paste that are taken; a prompt is not a place for more."""


class Prompt(TextArea):
    """A text area whose Enter submits."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("prompt")]
    DEFAULT_CSS = """
    Prompt { height: auto; min-height: 1; max-height: 10; border: none; padding: 0 1; background: $surface; }
    Prompt:focus { border: none; }
    """

    class Submitted(Message):
        """The text is to be sent."""

        def __init__(self, prompt: Prompt, text: str) -> None:
            super().__init__()
            self.prompt = prompt
            self.text = text

        @property
        def control(self) -> Prompt:
            return self.prompt

    class Left(Message):
        """Escape was pressed."""

        def __init__(self, prompt: Prompt) -> None:
            super().__init__()
            self.prompt = prompt

    class WantsEditor(Message):
        """The text is to be edited in the user's editor."""

        def __init__(self, prompt: Prompt) -> None:
            super().__init__()
            self.prompt = prompt

    def __init__(self, placeholder: str = "", *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(
            id=id, placeholder=placeholder, soft_wrap=True, show_line_numbers=False, compact=True
        )
        self.cursor_blink = False
        self.highlight_cursor_line = False

    async def _on_key(self, event: events.Key) -> None:
        """Keeps the text area from taking keys that are bound here: they go on to the bindings."""
        if event.key in ("enter", "ctrl+j", "ctrl+g", "escape"):
            event.prevent_default()

    async def _on_paste(self, event: events.Paste) -> None:
        event.text = event.text[:LONGEST_PASTE]

    def show(self, text: str) -> None:
        """Puts text that came from outside here, with everything in it to be seen; the cursor at its end."""
        self.text = safe_text(text, multiline=True)
        self.move_cursor(self.document.end)

    def check_consume_key(self, key: str, character: str | None = None) -> bool:
        return key != "enter" and super().check_consume_key(key, character)

    def action_submit(self) -> None:
        self.post_message(self.Submitted(self, self.text))

    def action_newline(self) -> None:
        self.insert("\n")

    def action_editor(self) -> None:
        self.post_message(self.WantsEditor(self))

    def action_leave(self) -> None:
        self.post_message(self.Left(self))
