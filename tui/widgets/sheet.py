"""A dialog: a box in the middle, or the whole screen where there is no room; Escape changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar, cast

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, Label, Static

from tui.keys.actions import BY_ID
from tui.text.literal import literal
from tui.widgets.prompt import Prompt

if TYPE_CHECKING:
    from tui.looks.look import Look

Result = TypeVar("Result")


class Sheet(ModalScreen["Result | None"], Generic[Result], inherit_bindings=False):
    """The frame of every dialog. Subclasses give `body`, and `submit` for Enter."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-medium")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "cancel", show=False),
        Binding("tab", "app.focus_next", "next", show=False),
        Binding("shift+tab", "app.focus_previous", "previous", show=False),
    ]

    def __init__(self, title: str, keys: str) -> None:
        """
        Args:
            title: What it is about.
            keys: The keys that work in it; `{id}` stands for the key of an action.
        """
        super().__init__()
        self._title = title
        self._keys = keys

    def compose(self) -> ComposeResult:
        with Vertical(id="sheet") as box:
            box.border_title = literal(f" {self._title} ")
            keys = cast("Look", self.app).keymap.fill(self._keys)
            box.border_subtitle = literal(f" {keys} ")
            yield from self.body()
            yield Static(id="problem")

    def body(self) -> ComposeResult:
        """The widgets between title and keys."""
        yield from ()

    def field(self, label: str, widget: Widget) -> Horizontal:
        """A labelled line."""
        return Horizontal(Label(literal(label)), widget, classes="field")

    def do(self, event: events.Key, acts: Mapping[str, Callable[[], object]]) -> None:
        """Does what a key stands for in this dialog.

        Args:
            event: The key.
            acts: What to do by the id of an action, whose keys of now are meant, or else by a character.
        """
        keymap = cast("Look", self.app).keymap
        for name, act in acts.items():
            keys = keymap.keys(name) if name in BY_ID else (name,)
            if event.key in keys or event.character in keys:
                event.stop()
                event.prevent_default()
                act()
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
