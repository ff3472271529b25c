"""Pull requests as rows: what would be pushed and opened, or how those that are open are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.values.pull_requests import PullStatus
from tui.looks.durations import clock
from tui.pulls.signs import CHECK, pull_counts, pull_sign
from tui.text.spans import Line
from tui.widgets.rows import RowView

if TYPE_CHECKING:
    from core.values.pull_requests import PullDraft, PullLink, PullView, RemoteComment
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


def link_rows(link: PullLink, glyphs: Glyphs) -> list[PullRow]:
    """One that its host has not been asked for, or not told of: as it was last looked at."""
    token, word = pull_sign(link)
    when = clock(link.state.looked_at or 0.0)
    lines: list[Line] = [
        ((f" #{link.number} {word}  ", token), (link.state.title, "title")),
        ((f"   {glyphs.arrow} {link.base}  ", "text"), (link.repository, "dim")),
        ((f"   {link.url}", "link"),),
        ((f"   as it was at {when}" if when else "   not looked at yet", "dim"), *pull_counts(link, glyphs)),
    ]
    return [PullRow(line, link.repo_id, link.url) for line in lines]


def view_rows(view: PullView, push: RepoPush | None, glyphs: Glyphs) -> list[PullRow]:
    """One that is open, or was: its state, its checks, its comments; of an open one, what is not pushed."""
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
    if push is not None and link.status is PullStatus.OPEN:
        rows += [PullRow(line, link.repo_id, pull.url) for line in _unpushed(push, glyphs)]
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
    what = "nothing to push" if push.nothing else _counted(push)
    lines: list[Line] = [
        ((f" {repo}  ", "strong"), (what, "text")),
        ((f"   {push.branch} at {push.remote}  ", "dim"), (push.url, "link")),
        *_beside(push, glyphs),
    ]
    if draft is not None:
        lines.append(((f"   into {draft.base} of ", "text"), (draft.repository, "link")))
        lines.append((("   ", "text"), (draft.title, "title")))
    return [PullRow(line, push.repo_id, push.url) for line in lines]


def _unpushed(push: RepoPush, glyphs: Glyphs) -> list[Line]:
    """What the pull request does not have yet."""
    lines = _beside(push, glyphs)
    if not push.nothing:
        lines.insert(0, ((f"   {glyphs.waiting} {_counted(push)}", "warning"),))
    return lines


def _beside(push: RepoPush, glyphs: Glyphs) -> list[Line]:
    """What has to be known before a push."""
    lines: list[Line] = []
    if push.rewrites:
        lines.append((("   in place of what was pushed before", "warning"),))
    if push.refused:
        lines.append(((f"   {glyphs.failed} {push.refused}", "failed"),))
    if push.uncommitted:
        files = f"{push.uncommitted} file{'s' * (push.uncommitted != 1)}"
        lines.append(((f"   {glyphs.waiting} {files} with uncommitted changes stay here", "warning"),))
    return lines


def _counted(push: RepoPush) -> str:
    return f"{push.ahead} commit{'s' * (push.ahead != 1)} to push"


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
