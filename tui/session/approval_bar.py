"""What an agent asks for, above the prompt, for as long as it waits: it cannot scroll out of sight."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.strip import Strip
from textual.widget import Widget

from tui.text.prose import hard_wrap
from tui.text.spans import Line, draw

if TYPE_CHECKING:
    from core.values.entities import Approval
    from tui.looks.look import Look

MOST_DETAIL = 8


def _token(line: str) -> str:
    """How a line of the detail is shown: what would be added or removed in its colour."""
    return {"+": "added", "-": "removed"}.get(line[:1], "code")


class ApprovalBar(Widget):
    """The oldest pending request, its detail, and the keys that answer it."""

    DEFAULT_CSS = """
    ApprovalBar { height: auto; background: $panel; display: none; }
    ApprovalBar.-asking { display: block; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._approvals: list[Approval] = []
        self._folder = ""

    def show(self, approvals: list[Approval], folder: str = "") -> None:
        """Shows the first of these, and how many more there are; `folder` is the workspace's."""
        if (approvals, folder) != (self._approvals, self._folder):
            self._approvals, self._folder = approvals, folder
            self.set_class(bool(approvals), "-asking")
            self.refresh(layout=True)

    @property
    def current(self) -> Approval | None:
        """The request that the keys answer."""
        return self._approvals[0] if self._approvals else None

    def _lines(self, width: int) -> list[Line]:
        approval = self.current
        if approval is None:
            return []
        glyphs = cast("Look", self.app).glyphs
        more = f"  and {len(self._approvals) - 1} more" if len(self._approvals) > 1 else ""
        lines: list[Line] = [
            (
                (f" {glyphs.waiting} ", "waiting"),
                ("The agent asks you: " if approval.question else "The agent asks: ", "waiting"),
                (approval.title, "strong"),
                (more, "dim"),
            )
        ]
        room = max(1, min(MOST_DETAIL, self.app.size.height // 4))
        detail = [
            (piece, _token(line))
            for line in self._detail(approval).splitlines()
            for piece in hard_wrap(line[:2000], width - 6)
        ]
        lines += [((f"   {glyphs.bar} ", "rule"), span) for span in detail[:room]]
        if len(detail) > room:
            lines.append(((f"   {glyphs.bar} {glyphs.cut} {len(detail) - room} more lines", "dim"),))
        lines.append(self._keys(approval))
        return lines

    def _detail(self, approval: Approval) -> str:
        """The detail with paths as seen from the workspace: its folder is the same for all of them."""
        return approval.detail.replace(f"{self._folder}/", "") if self._folder else approval.detail

    def _keys(self, approval: Approval) -> Line:
        keys = cast("Look", self.app).keymap
        if approval.question:
            return (
                ("   ", "text"),
                (f"{keys.hint('allow')} ", "key"),
                ("answer    ", "text"),
                (f"{keys.hint('reject')} ", "key"),
                ("do not answer", "text"),
            )
        kinds = {option.kind: option.name for option in approval.options}
        words = [
            ("allow", "allow_once", "allow once"),
            ("allow-always", "allow_always", "allow always"),
            ("reject", "reject_once", "reject"),
        ]
        line: Line = (("   ", "text"),)
        for action, kind, word in words:
            if not kinds or kind in kinds or (kind == "reject_once" and "reject_always" in kinds):
                line = (*line, (f"{keys.hint(action)} ", "key"), (f"{kinds.get(kind) or word}    ", "text"))
        return line

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        return len(self._lines(width))

    def render_line(self, y: int) -> Strip:
        lines = self._lines(self.size.width)
        look = cast("Look", self.app)
        line = lines[y] if y < len(lines) else ()
        return draw(look.palette, line, width=self.size.width, base=self.rich_style, cut=look.glyphs.cut)
