"""Where one writes to the agent: several lines, Enter sends, Ctrl+J starts a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.widgets import TextArea

from core.values.text import safe_text
from tui.keys.actions import ACTIONS, bindings
from tui.widgets.pasted import is_picture

if TYPE_CHECKING:
    from tui.looks.look import Look

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

        def __init__(self, prompt: Prompt, text: str, other: bool = False) -> None:
            super().__init__()
            self.prompt = prompt
            self.text = text
            self.other = other
            """Whether it goes to another agent."""

        @property
        def control(self) -> Prompt:
            return self.prompt

    class Left(Message):
        """Escape was pressed."""

        def __init__(self, prompt: Prompt) -> None:
            super().__init__()
            self.prompt = prompt

    class Stepped(Message):
        """Up (-1) or down (1) was pressed in a composer's prompt."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    class Completed(Message):
        """Tab was pressed in a composer's prompt."""

    class Pasted(Message):
        """The path of a picture was pasted."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Unattached(Message):
        """The last picture is to go."""

    class WantsEditor(Message):
        """The text is to be edited in the user's editor."""

        def __init__(self, prompt: Prompt) -> None:
            super().__init__()
            self.prompt = prompt

    takes_pictures = False
    """Whether the pasted path of a picture means the picture; in a session's prompt it always does."""

    def __init__(self, placeholder: str = "", *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(
            id=id, placeholder=placeholder, soft_wrap=True, show_line_numbers=False, compact=True
        )
        self.cursor_blink = False
        self.highlight_cursor_line = False

    async def _on_key(self, event: events.Key) -> None:
        """Keeps the text area from taking keys that are bound here: they go on to the bindings."""
        if event.key in self._bound:
            event.prevent_default()

    @property
    def _bound(self) -> set[str]:
        """The keys that do something here other than to write."""
        keymap = cast("Look", self.app).keymap
        return {key for action in ACTIONS if action.scope == "prompt" for key in keymap.keys(action.id)}

    async def _on_paste(self, event: events.Paste) -> None:
        event.text = event.text[:LONGEST_PASTE]
        if (self._composed or self.takes_pictures) and is_picture(event.text):
            event.prevent_default()
            self.post_message(self.Pasted(event.text))

    @property
    def _composed(self) -> bool:
        """Whether it is the prompt of a session, which has a history and can have pictures with it."""
        return self.id == "prompt"

    def show(self, text: str, *, at_start: bool = False) -> None:
        """Puts text that came from outside here, with everything in it to be seen; the cursor at its end."""
        self.text = safe_text(text, multiline=True)
        self.move_cursor((0, 0) if at_start else self.document.end)

    def check_consume_key(self, key: str, character: str | None = None) -> bool:
        return key not in self._bound and super().check_consume_key(key, character)

    def action_submit(self) -> None:
        self.post_message(self.Submitted(self, self.text))

    def action_submit_to(self) -> None:
        self.post_message(self.Submitted(self, self.text, other=True))

    def action_step(self, step: int) -> None:
        if self._composed:
            self.post_message(self.Stepped(step))
        else:
            self.step(step)

    def step(self, step: int) -> None:
        """The cursor a line up or down."""
        self.action_cursor_up() if step < 0 else self.action_cursor_down()

    def at_edge(self, step: int) -> bool:
        """Whether there is no line any more in that direction."""
        row, _ = self.cursor_location
        return row == 0 if step < 0 else row == self.document.line_count - 1

    def action_complete(self) -> None:
        if self._composed:
            self.post_message(self.Completed())
        else:
            self.screen.focus_next()

    def action_unattach(self) -> None:
        self.post_message(self.Unattached())

    def action_newline(self) -> None:
        self.insert("\n")

    def action_editor(self) -> None:
        self.post_message(self.WantsEditor(self))

    def action_leave(self) -> None:
        self.post_message(self.Left(self))
