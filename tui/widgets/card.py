"""A still page of text: a task, a project, the first steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.values.entities import Project, Repo, Task
from core.values.states import TaskStatus
from core.values.wording import counted
from tui.keys.keymap import Keymap
from tui.looks.durations import ago
from tui.looks.glyphs import Glyphs
from tui.looks.states import TASK
from tui.text.prose import prose
from tui.text.spans import Line
from tui.widgets.rows import RowView

Draw = Callable[[int, Glyphs], Sequence[Line]]
"""Makes the lines for a width."""


class Card(RowView):
    """Lines made for the width at hand."""

    shows_cursor = False

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._make: Draw | None = None
        self._lines: Sequence[Line] = ()

    def show(self, make: Draw) -> None:
        """Shows what `make` gives for a width."""
        self._make = make
        self._remake()

    def _remake(self) -> None:
        if self._make is not None:
            self._lines = self._make(max(20, self.scrollable_content_region.width), self.glyphs)
        self.rows_changed()

    def on_resize(self) -> None:  # type: ignore[override]
        self._remake()

    def row_count(self) -> int:
        return len(self._lines)

    def row(self, index: int, width: int) -> tuple[Line, Line]:
        return self._lines[index], ()


def key_line(*pairs: tuple[str, str]) -> Line:
    """Keys with what they do."""
    spans: list[tuple[str, str]] = [(" ", "text")]
    for key, label in pairs:
        spans += [(key, "key"), (f" {label}    ", "dim")]
    return tuple(spans)


def task_card(task: Task, workspaces: int, keys: Keymap) -> Draw:
    """A task: title, state, description, and what to do with it."""

    def make(width: int, glyphs: Glyphs) -> list[Line]:
        sign, word = TASK[task.status]
        lines: list[Line] = [
            (),
            *(((" ", "text"), *line) for line in prose(task.title, width - 2, glyphs, "title")),
        ]
        lines += [
            ((f" {glyphs.state(sign)} {word}", sign), (f"   made {ago(task.created_at)}", "dim")),
            (),
        ]
        if task.description:
            lines += [((" ", "text"), *line) for line in prose(task.description, width - 2, glyphs)]
        else:
            lines.append(((" No description", "dim"),))
        lines.append(())
        run = "another attempt" if workspaces else "start it"
        if task.status in (TaskStatus.DONE, TaskStatus.CANCELLED):
            run = "start it again"
        lines.append(
            key_line(
                (keys.hint("start"), run),
                (keys.hint("dispose"), "done, cancel, remove"),
                (keys.hint("palette"), "everything else"),
            )
        )
        return lines

    return make


def project_card(project: Project, repos: list[Repo], tasks: int, keys: Keymap) -> Draw:
    """A project: its repositories, and what to do."""

    def make(width: int, glyphs: Glyphs) -> list[Line]:
        lines: list[Line] = [
            (),
            ((f" {project.name}", "title"),),
            ((f" {counted(tasks, 'task')}", "dim"),),
            (),
        ]
        for repo in repos:
            lines.append((("  ", "text"), (repo.display_name or repo.name, "text")))
            lines.append(((f"    {repo.path}", "dim"),))
            if repo.target_branch:
                lines.append(((f"    {glyphs.branch} {repo.target_branch}", "dim"),))
            lines += [((f"    {text}", "dim"),) for text in _set_up(repo)]
        new, add, set_up = (keys.hint(each) for each in ("new", "add-project", "repo-settings"))
        lines += [(), key_line((new, "new task"), (add, "add a repository"), (set_up, "scripts, files"))]
        return lines

    return make


def _set_up(repo: Repo) -> list[str]:
    """How its workspaces set themselves up, in a few words."""
    script = repo.setup_script.strip().partition("\n")[0]
    lines = [f"set-up: {script}"] if script else []
    return [*lines, *([f"copies: {', '.join(repo.copy_files)}"] if repo.copy_files else [])]


def trouble_card(message: str, hint: str, keys: Keymap) -> Draw:
    """Why there is nothing to see."""

    def make(width: int, glyphs: Glyphs) -> list[Line]:
        lines: list[Line] = [(), ((" The engine cannot be reached", "title"),), ()]
        lines += [((" ", "text"), *line) for line in prose(message, min(width - 2, 90), glyphs, "error")]
        lines += [((" ", "text"), *line) for line in prose(hint, min(width - 2, 90), glyphs)]
        lines += [
            (),
            ((" It is tried again, less and less often.", "dim"),),
            key_line((keys.hint("reconnect"), "try now"), (keys.hint("quit"), "leave")),
        ]
        return lines

    return make


def small_card(width: int, height: int) -> Draw:
    """What is shown where there is no room for anything."""

    def make(_: int, glyphs: Glyphs) -> list[Line]:
        return [((f" {width}x{height} is too small", "warning"),), ((" it needs 60x15", "dim"),)]

    return make
