"""A dialog: a box in the middle, or the whole screen where there is no room; Escape changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar, cast

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, Label, Static

from core.errors import BoatyardError
from tui.keys.actions import BY_ID, bindings
from tui.text.literal import literal
from tui.widgets.prompt import Prompt

if TYPE_CHECKING:
    from tui.looks.look import Look

Result = TypeVar("Result")


EDGES = 10
"""Cells of the lower edge that hints do not get."""


def form_hints(done: str, *more: str) -> tuple[str, ...]:
    """What can be done in a form; `done` is what Enter does."""
    return f"{{accept}} {done}", "{sheet-next} next field", *more, "{sheet-leave} cancel"


class Sheet(ModalScreen["Result | None"], Generic[Result], inherit_bindings=False):
    """The frame of every dialog. Subclasses give `body`, `submit` for Enter in a field, and in `acts` what
    the actions of their own scope do."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-medium")]
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("sheet")]

    def __init__(self, title: str, *hints: str) -> None:
        """
        Args:
            title: What it is about.
            hints: What can be done, the most wanted first; `{id}` stands for the key of an action.
        """
        super().__init__()
        self._title = title
        self.hints = hints
        self._steps = 0
        """What was done in it and can be taken back in it."""
        self.in_turn = asyncio.Lock()
        """Held by each deed that can be taken back, and by taking back: the next key means it."""

    def compose(self) -> ComposeResult:
        with Vertical(id="sheet") as box:
            box.border_title = literal(f" {self._title} ")
            yield from self.body()
            yield Static(id="problem")

    def body(self) -> ComposeResult:
        """The widgets between title and keys."""
        yield from ()

    def field(self, label: str, widget: Widget) -> Horizontal:
        """A labelled line."""
        return Horizontal(Label(literal(label)), widget, classes="field")

    def filled(self, text: str) -> str:
        """A text of ours with the user's key in place of each `{id}`."""
        return cast("Look", self.app).keymap.fill(text)

    @on(events.Resize)
    def _show_hints(self) -> None:
        self.call_after_refresh(self.show_hints)

    def show_hints(self) -> None:
        """Says at the lower edge what can be done, as far as there is room."""
        box = self.query_one("#sheet")
        keymap = cast("Look", self.app).keymap
        box.border_subtitle = literal(f" {keymap.fit(self.hints, box.outer_size.width - EDGES)} ")

    # Keys

    def acts(self) -> Mapping[str, Callable[[], object]]:
        """What the actions of the dialog's own scope do, by their ids."""
        return {}

    def action_act(self, action_id: str) -> None:
        """Does what a key stands for in this dialog."""
        self.acts()[action_id]()

    def can_undo(self, told: str, back: Callable[[], Awaitable[object]]) -> None:
        """Keeps how to take back what was done, here and after the dialog, and says both."""
        self._steps += 1
        cast("Look", self.app).can_undo(told, back)

    @work(group="undo")
    async def undo(self) -> None:
        """Takes back what was done last in this dialog, as soon as it is done."""
        async with self.in_turn:
            await self._take_back()

    async def _take_back(self) -> None:
        if not self._steps:
            self.problem("Nothing was done here that could be undone.")
            return
        self._steps -= 1
        try:
            await cast("Look", self.app).undo_last()
        except BoatyardError as error:
            self.problem(f"{error.message}\n{error.hint}".strip())
        else:
            self.problem("")

    @work(group="keys")
    async def action_show_keys(self) -> None:
        """All keys that work where the focus is; Enter on one does it."""
        from tui.widgets.key_list import key_list

        bound = [each for each in self.active_bindings.values() if each.binding.id in BY_ID]
        chosen = await self.app.push_screen_wait(key_list([each.binding.id or "" for each in bound], self))
        for node, binding, *_ in bound:
            if chosen and binding.id == chosen:
                self.app.call_later(self.app.run_action, binding.action, node)
                return

    def problem(self, text: str) -> None:
        """Says what has to be put right first; nothing where the dialog is just being taken away."""
        for line in self.query("#problem").results(Static):
            line.update(literal(text, multiline=True))
            line.set_class(bool(text), "-shown")

    def submit(self) -> None:
        """Enter was pressed in a field."""

    @on(Input.Submitted)
    @on(Prompt.Submitted)
    def _submitted(self, event: Input.Submitted | Prompt.Submitted) -> None:
        event.stop()
        self.submit()

    @on(Prompt.Left)
    def action_leave(self) -> None:
        self.dismiss(None)
