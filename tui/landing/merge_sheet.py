"""The dialog before a merge: what it would do, computed anew for each style, before anything changes.

A message that one has written is kept until the merge is done, whatever refuses it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType

from core.errors import BoatyardError
from core.values.states import MergeStyle
from core.values.wording import counted
from tui.keys.actions import BY_ID, bindings
from tui.text.inline import wrap_words
from tui.text.spans import Line, Span
from tui.widgets.prompt import Prompt
from tui.widgets.rows import RowView
from tui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from core.values.conflicts import Conflict
    from core.values.review import MergePreview
    from tui.engine.changes import Changes
    from tui.engine.form_drafts import FormDrafts
    from tui.engine.link import Link
    from tui.engine.store import Store

MESSAGE = "merge_message"
"""The field's name in the draft about a workspace."""
USUAL_WIDTH = 72
"""Cells of a line, where the sheet has not been laid out yet."""
STYLES = (
    (MergeStyle.MERGE, "style-merge"), (MergeStyle.SQUASH, "style-squash"),
    (MergeStyle.REBASE, "style-rebase"),
)  # fmt: skip
"""Each style, and the action that chooses it."""
HINTS = (
    "{choose} merge", "{merge-message} message", "{merge-push} push", "{merge-update} update",
    "{sheet-leave} cancel", "{style-merge} {style-squash} {style-rebase} style",
    "{merge-agent} agent resolves",
)  # fmt: skip


@dataclass(frozen=True)
class MergeForm:
    """What was decided: a merge, that the agent is to resolve the conflicts, or an update before it."""

    style: MergeStyle
    message: str
    conflicts: tuple[Conflict, ...] = ()
    update: bool = False
    push: bool = False
    """Whether the target branch is pushed afterwards."""


class MergeRows(RowView):
    """The preview as rows."""

    shows_cursor = False

    def __init__(self) -> None:
        super().__init__(id="preview-rows")
        self._rows: list[Line] = []

    def show(self, rows: list[Line]) -> None:
        """Shows these lines."""
        self._rows = rows
        self.styles.height = min(max(3, len(rows)), 16)
        self.rows_changed()

    def row_count(self) -> int:
        return len(self._rows)

    def row(self, index: int, width: int) -> tuple[Line, Line]:
        return self._rows[index], ()


def conflict_path(conflict: Conflict, repos: dict[str, str]) -> str:
    """The path of a file in conflict; where there are several repos, as seen from the workspace's folder."""
    name = repos.get(conflict.repo_id, "") if len(repos) > 1 else ""
    return f"{name}/{conflict.path}" if name else conflict.path


class MergeSheet(Sheet[MergeForm]):
    """Style by key; Enter merges when nothing stands in the way."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("merge")]

    def __init__(
        self, store: Store, link: Link, workspace: str, repos: dict[str, str], drafts: FormDrafts
    ) -> None:
        super().__init__(f"Merge {workspace}", *HINTS)
        self._drafts = drafts
        self._store = store
        self._link = link
        self._workspace = workspace
        self._repos = repos
        self._preview: MergePreview | None = None
        self._style: MergeStyle | None = None
        """The one chosen last; its preview may be under way. None: the usual one."""
        self._shown = ""
        """The message, as far as it was not typed here."""
        self._edited = False
        self._push = False

    def body(self) -> ComposeResult:
        yield MergeRows()
        yield self.field("Message", Prompt("Commit message", id="message"))

    def on_mount(self) -> None:
        self.query_one(MergeRows).focus()
        self._store.watch(self._on_changes)
        self._load()

    def on_unmount(self) -> None:
        self._store.unwatch(self._on_changes)

    def _on_changes(self, changes: Changes) -> None:
        """Looks again: what stood in the way may be gone, and what would be merged another one."""
        if self._workspace in changes.files:
            self._load()
        elif self._preview is None and (changes.everything or self._workspace in changes.workspaces):
            self._load()

    def _choose(self, style: MergeStyle) -> None:
        self._style = style
        self._load()

    @property
    def _computing(self) -> bool:
        return self._preview is None or self._style not in (None, self._preview.style)

    @work(exclusive=True)
    async def _load(self, *, tried: bool = False) -> None:
        rows = self.query_one(MergeRows)
        if self._computing:
            rows.show([(("Computing what a merge would do", "dim"),)])
        if self._preview is None:
            self._show((await self._drafts.of(self._workspace)).get(MESSAGE, ""), written=True)
        try:
            preview = await self._link.client.merge_preview(self._workspace, self._style)
        except BoatyardError as error:
            self._preview = None
            rows.show([(("It cannot be merged", "error"),)])
            self.problem(f"{error.message}\n{error.hint}".strip())
            return
        self._preview = preview
        self.problem(self._obstacle(preview) if tried else "")
        self._show(preview.message)
        rows.show(self._lines(preview))

    def _show(self, message: str, *, written: bool = False) -> None:
        """Shows a message where none has been written; `written`: one that has been, at another time."""
        if message and not self._edited:
            self._edited = written
            prompt = self.query_one("#message", Prompt)
            prompt.show(message, at_start=True)
            self._shown = prompt.text

    @on(Prompt.Changed, "#message")
    def _typed(self, event: Prompt.Changed) -> None:
        event.stop()
        text = event.text_area.text
        if text != self._shown:
            self._shown, self._edited = text, bool(text.strip())
            self._drafts.keep(self._workspace, {MESSAGE: text} if self._edited else {})

    def _lines(self, preview: MergePreview) -> list[Line]:
        glyphs = self.query_one(MergeRows).glyphs
        styles: list[tuple[str, str]] = []
        for style, name in STYLES:
            chosen = style is preview.style
            mark = glyphs.running if chosen else glyphs.todo
            styles += [self._key(name), (f"{mark} {BY_ID[name].label}    ", "strong" if chosen else "dim")]
        lines: list[Line] = [tuple(styles), ()]
        for repo in preview.repos:
            name = self._repos.get(repo.repo_id, repo.repo_id[:8])
            clashes = sum(conflict.repo_id == repo.repo_id for conflict in preview.conflicts)
            nothing = repo.old == repo.new
            word = f"{clashes} in conflict" if clashes else "nothing to merge"
            new = f"new: {counted(repo.files, 'file')} "
            lines.append((
                (f"{name}  ", "strong"), (f"{glyphs.arrow} {repo.target_branch}  ", "link"),
                (word, "failed" if clashes else "dim") if nothing else (new, "text"),
                ("" if nothing else f" +{repo.added}", "added"),
                ("" if nothing else f" {glyphs.minus}{repo.removed}", "removed"),
            ))  # fmt: skip
        if preview.conflicts:
            told = f"{counted(len(preview.conflicts), 'conflict')}, nothing will change"
            lines += [(), ((f"{glyphs.failed} {told}", "failed"),)]
            lines += [
                ((f"  {c.kind:<14} ", "warning"), (self._path(c), "text")) for c in preview.conflicts[:200]
            ]
            lines.append((
                self._key("merge-update"), ("update first, and resolve here    ", "dim"),
                self._key("merge-agent"), ("ask the agent to resolve them", "dim"),
            ))  # fmt: skip
        width = (self.query_one(MergeRows).size.width or USUAL_WIDTH) - 2
        for sentence in preview.blocked:
            first, *rest = wrap_words([(sentence, "warning")], width)
            lines += [
                ((f"{glyphs.waiting} ", "waiting"), *first),
                *((("  ", "text"), *line) for line in rest),
            ]
        if not preview.conflicts and not preview.blocked and self._something():
            lines += [
                (),
                (self._key("merge-push"), (f"push {self._targets(preview)} afterwards: ", "dim"),
                 ("yes" if self._push else "no", "strong" if self._push else "dim")),
                (self._key("choose"), ("merges", "text")),
            ]  # fmt: skip
        return lines

    @staticmethod
    def _targets(preview: MergePreview) -> str:
        return ", ".join(dict.fromkeys(repo.target_branch for repo in preview.repos if repo.old != repo.new))

    def _path(self, conflict: Conflict) -> str:
        """The file's path; where there are several repos, below the name of its own."""
        return conflict_path(conflict, self._repos)

    def _something(self) -> bool:
        return self._preview is not None and any(repo.old != repo.new for repo in self._preview.repos)

    def _key(self, action_id: str) -> Span:
        return self.filled(f"{{{action_id}}} "), "key"

    def acts(self) -> Mapping[str, Callable[[], object]]:
        styles = {name: partial(self._choose, style) for style, name in STYLES}
        return styles | {
            "merge-message": self.query_one("#message").focus, "merge-push": self._push_too,
            "merge-update": self._update, "merge-agent": self._ask_agent,
        }  # fmt: skip

    def _push_too(self) -> None:
        self._push = not self._push
        if self._preview is not None and not self._computing:
            self.query_one(MergeRows).show(self._lines(self._preview))

    def _update(self) -> None:
        usual = self._preview.style if self._preview else MergeStyle.MERGE
        self.dismiss(MergeForm(self._style or usual, "", update=True))

    def _ask_agent(self) -> None:
        if self._preview is not None and self._preview.conflicts:
            self.dismiss(MergeForm(self._preview.style, "", self._preview.conflicts))

    @on(Prompt.Left)
    def _written(self, event: Prompt.Left) -> None:
        """Out of the message, which stays as it is; not out of the sheet."""
        event.prevent_default()
        self.query_one(MergeRows).focus()

    @on(RowView.Chosen)
    def _chosen(self, event: RowView.Chosen) -> None:
        event.stop()
        self._merge()

    def submit(self) -> None:
        """Enter in the message: done with it, not yet with the merge."""
        self.query_one(MergeRows).focus()

    def _merge(self) -> None:
        preview = self._preview
        if preview is None or self._obstacle(preview):
            self._load(tried=True)  # It may have been put right, by hand or by somebody else.
            return
        if self._computing:
            return
        text = self.query_one("#message", Prompt).text.strip()
        self.dismiss(MergeForm(preview.style, text, push=self._push))

    def _obstacle(self, preview: MergePreview) -> str:
        """What to do before it can be merged; empty: nothing."""
        if preview.conflicts:
            told = "There are conflicts. {merge-update} updates first, and you resolve them here; "
            return self.filled(told + "{merge-agent} asks the agent to.")
        if preview.blocked:
            return "Put right what is named above, then try again."
        return "" if self._something() else "The target branch has everything already."
