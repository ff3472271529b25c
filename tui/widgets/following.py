"""Rows whose end is followed until the user goes up, and again once they are back at the end."""

from __future__ import annotations

from textual.message import Message

from tui.widgets.ranges import RangeRows


class FollowingRows(RangeRows):
    """Any upward step stops following: by key, wheel or scroll bar. The end, however reached, resumes it."""

    shows_blurred_cursor = False

    class Told(Message):
        """How many rows or lines came in below while the user reads further up."""

        def __init__(self, view: FollowingRows, unseen: int) -> None:
            super().__init__()
            self.view = view
            self.unseen = unseen

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.following = True
        self.unseen = 0
        self._moving = False
        """Whether it is the program that moves, not the user."""

    def at_newest(self) -> bool:
        """Whether the last row is the last there is."""
        return True

    def place(self, index: int) -> None:
        """Puts the cursor on a row without that being the user's doing."""
        self._moving = True
        try:
            self.move_to(index)
        finally:
            self._moving = False

    def rows_changed(self) -> None:
        self._moving = True
        try:
            super().rows_changed()
        finally:
            self._moving = False

    def came(self, count: int) -> None:
        """After rows came in at the end: goes there, or counts what has not been seen."""
        if self.following:
            self.place(self.row_count() - 1)
            count = -self.unseen
        if count:
            self.unseen += count
            self.post_message(self.Told(self, self.unseen))

    def watch_cursor_row(self, old: int, new: int) -> None:
        super().watch_cursor_row(old, new)
        if self._moving:
            return
        if new < old:
            self.following = False
        elif self.at_end and self.at_newest():
            self._follow()

    def watch_scroll_y(self, old: float, new: float) -> None:
        """A wheel or a scroll bar moves the view: the cursor stays in sight."""
        super().watch_scroll_y(old, new)
        if self._moving or not self.is_mounted:
            return
        top, height = round(new), max(1, self.scrollable_content_region.height)
        if new < old:
            # Not when the view has only become higher: then the end is still in sight.
            self.cursor_row = min(self.cursor_row, top + height - 1)
        else:
            at_bottom = top + height >= self.row_count()
            self.cursor_row = self.row_count() - 1 if at_bottom else max(self.cursor_row, top)

    def action_bottom(self) -> None:
        self._follow()
        self.place(self.row_count() - 1)

    def _follow(self) -> None:
        self.following = True
        if self.unseen:
            self.unseen = 0
            self.post_message(self.Told(self, 0))
