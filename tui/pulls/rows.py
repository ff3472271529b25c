"""Pull requests as rows: what would be pushed and opened, or how those that are open are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.values.pull_requests import PullView
from tui.pulls.signs import CHECK, pull_sign
from tui.text.spans import Line
from tui.widgets.rows import RowView

if TYPE_CHECKING:
    from core.values.pull_requests import PullDraft, RemoteComment
    from core.values.pushing import RepoPush
    from tui.looks.glyphs import Glyphs

MOST_ROWS = 18


@dataclass(frozen=True)
class PullRow:
    """A row, and what it is about."""

    left: Line
    repo_id: str = ""
    url: str = ""
    """What copying the row copies."""


class PullRows(RowView):
    """What there is of pull requests."""

    def __init__(self) -> None:
        super().__init__(id="pulls")
        self.rows: list[PullRow] = []
        self.note = "Asking the remote and its host"

    def show(self, rows: list[PullRow]) -> None:
        """Shows these."""
        self.rows = rows
        self.styles.height = min(max(3, len(rows)), MOST_ROWS)
        self.rows_changed()

    @property
    def current(self) -> PullRow | None:
        """The row at the cursor."""
        return self.rows[self.cursor_row] if self.cursor_row < len(self.rows) else None

    def row_count(self) -> int:
        return len(self.rows)

    def row(self, index: int, width: int) -> tuple[Line, Line]:
        return self.rows[index].left, ()

    def empty_text(self) -> Line:
        return ((f" {self.note}", "dim"),)


def view_rows(view: PullView, glyphs: Glyphs) -> list[PullRow]:
    """One that is open, or was: its state, its checks, its comments."""
    link, pull = view.link, view.pull
    token, word = pull_sign(link)
    rows: list[PullRow] = [
        PullRow(((f" #{link.number} {word}  ", token), (pull.title, "title")), link.repo_id, pull.url),
        PullRow(
            ((f"   {pull.branch} {glyphs.arrow} {pull.base}  ", "text"), (link.repository, "dim")),
            link.repo_id, pull.url,
        ),
        PullRow(((f"   {pull.url}", "link"),), link.repo_id, pull.url),
    ]  # fmt: skip
    for check in view.checks:
        sign = CHECK[check.status]
        said = _first_line(check.summary)
        line: Line = (
            (f"   {glyphs.state(sign)} ", sign), (check.name, "text"), (f" {check.status.value}", sign),
            (f"  {said}" if said else "", "dim"),
        )  # fmt: skip
        rows.append(PullRow(line, link.repo_id, check.url))
    if not view.checks:
        rows.append(PullRow((("   no checks", "dim"),), link.repo_id, pull.url))
    return [*rows, *(_comment(each, link.repo_id) for each in view.comments)]


def draft_rows(push: RepoPush, draft: PullDraft | None, repo: str, glyphs: Glyphs) -> list[PullRow]:
    """One that is not open yet: what is pushed, and what it would say."""
    count = f"{push.ahead} commit{'s' * (push.ahead != 1)}"
    what = "nothing to push" if push.nothing else f"{count} to push"
    where = f"  {push.branch} at {push.remote} "
    lines: list[Line] = [
        ((f" {repo}  ", "strong"), (what, "text"), (where, "dim"), (push.url, "link")),
    ]
    if push.rewrites:
        lines.append((("   in place of what was pushed before", "warning"),))
    if push.refused:
        lines.append(((f"   {glyphs.failed} {push.refused}", "failed"),))
    if push.uncommitted:
        files = f"{push.uncommitted} file{'s' * (push.uncommitted != 1)}"
        lines.append(((f"   {glyphs.waiting} {files} with uncommitted changes stay here", "warning"),))
    if draft is not None:
        lines.append(((f"   into {draft.base} of ", "text"), (draft.repository, "link")))
        lines.append((("   ", "text"), (draft.title, "title")))
    return [PullRow(line, push.repo_id, push.url) for line in lines]


def _comment(comment: RemoteComment, repo_id: str) -> PullRow:
    at = f"{comment.path}:{comment.last}  " if comment.last else f"{comment.path}  " if comment.path else ""
    resolved = "resolved  " if comment.resolved else ""
    said = "dim" if comment.resolved else "text"
    line: Line = (
        (f"   {comment.author}  ", "strong"), (at, "link"), (resolved, "done"),
        (_first_line(comment.body), said),
    )  # fmt: skip
    return PullRow(line, repo_id, comment.url)


def _first_line(text: str) -> str:
    return next(iter(text.strip().splitlines()), "")
