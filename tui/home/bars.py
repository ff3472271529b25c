"""The line at the top (what goes on, over all projects) and the line at the bottom (keys that work here)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events
from textual.message import Message

from tui.engine.link import LinkState
from tui.text.spans import Span, width_of
from tui.widgets.bar import Bar

if TYPE_CHECKING:
    from tui.looks.look import Look

BRAND = "Boatyard"

ROOM_FOR_WORDS = 76
"""Cells of a line in which the counts have their words beside their signs."""


class Header(Bar):
    """Project, counts by state, and how the engine is."""

    def tell(
        self, project: str, counts: tuple[int, int, int], state: LinkState, look: Look, notice: str
    ) -> None:
        """Shows the project in hand, how much runs, waits and has failed, and the link's state."""
        glyphs = look.glyphs
        left: list[Span] = [(f" {BRAND}", "brand")]
        if project:
            left.append((f"  {project}", "strong"))
        counted = (("running", "running"), ("waiting", "waiting"), ("failed", "failed"))
        right: list[Span] = []
        for (sign, word), count in zip(counted, counts, strict=True):
            if not count and not state.connected:
                continue  # The engine's state needs the room, and is what matters then.
            token = sign if count else "dim"
            said = f"{count} {word} " if self.size.width >= ROOM_FOR_WORDS else str(count)
            right.append((f"{glyphs.state(sign)} {said}  ", token))
        engine = {"connected": "success", "starting": "dim"}.get(state.value, "error")
        words = state.words(look.keymap.hint("reconnect"))
        right.append((f"engine {'ok' if state is LinkState.CONNECTED else words} ", engine))
        if notice:
            left.append((f"  {notice}", "warning"))
        self.show(tuple(left), tuple(right))


class Footer(Bar):
    """The few keys that matter here; a click on one is as good as pressing it."""

    class Clicked(Message):
        """A key in the footer was clicked."""

        def __init__(self, action_id: str) -> None:
            super().__init__()
            self.action_id = action_id

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._ends: list[tuple[int, str]] = []

    def tell(self, keys: list[tuple[str, str, str]], width: int, more: list[tuple[str, str]]) -> None:
        """Shows these (action, key, label), as many as fit, and `more` (key, label) always, at the right."""
        end: list[Span] = []
        for key, label in more:
            end += [(f" {key} ", "key"), (f"{label} ", "dim")] if key else []
        spans: list[Span] = []
        self._ends = []
        room = width - width_of(end) - 1
        for action_id, key, label in keys:
            piece = [(f" {key} ", "key"), (f"{label} ", "text")]
            if width_of([*spans, *piece]) > room:
                break
            spans += piece
            self._ends.append((width_of(spans), action_id))
        self.show(tuple(spans), tuple(end))

    @property
    def shown(self) -> list[str]:
        """The actions that are shown now."""
        return [action_id for _, action_id in self._ends]

    def on_click(self, event: events.Click) -> None:
        for end, action_id in self._ends:
            if event.x < end:
                self.post_message(self.Clicked(action_id))
                return
