"""What a prompt offers while one writes: files and tags after `@`, the agent's own commands after `/`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.text.spans import Line, Span
from tui.widgets.rows import RowView

if TYPE_CHECKING:
    from core.values.conversation import AgentCommand
    from core.values.prompting import PathMatch, Tag

_AT = re.compile(r"(?:^|(?<=[\s(\[{\"']))@([^\s@]*)$")
_COMMAND = re.compile(r"^/(\S*)$")
MOST_SHOWN = 8


@dataclass(frozen=True)
class Wanted:
    """What could be inserted where the cursor is."""

    kind: str
    """`mention` or `command`."""
    query: str
    start: int
    """Column at which the mark stands."""


def wanted(before: str, *, first_line: bool) -> Wanted | None:
    """What is asked for by the line up to the cursor; None: nothing."""
    if first_line and (found := _COMMAND.match(before)):
        return Wanted("command", found[1], 0)
    if found := _AT.search(before):
        return Wanted("mention", found[1], found.start(1) - 1)
    return None


@dataclass(frozen=True)
class Suggestion:
    """One thing that can be inserted."""

    insert: str
    kind: str
    label: str
    detail: str = ""
    matched: tuple[int, ...] = ()


def of_tags(tags: Iterable[Tag], query: str) -> list[Suggestion]:
    """Tags whose name holds the query."""
    return [
        Suggestion(f"@{tag.name} ", "tag", tag.name, tag.content.strip().partition("\n")[0])
        for tag in tags
        if query.casefold() in tag.name.casefold()
    ]


def of_paths(paths: Iterable[PathMatch]) -> list[Suggestion]:
    return [Suggestion(f"@{each.path} ", "file", each.path, "", each.matched) for each in paths]


def of_commands(commands: Iterable[AgentCommand], query: str) -> list[Suggestion]:
    """Commands whose name begins with the query, then those that hold it."""
    found = [each for each in commands if query.casefold() in each.name.casefold()]
    found.sort(key=lambda each: not each.name.casefold().startswith(query.casefold()))
    return [
        Suggestion(f"/{each.name} ", "command", f"/{each.name}", f"{each.hint}  {each.description}".strip())
        for each in found
    ]


class SuggestionRows(RowView):
    """The list below which one writes; its keys come from the prompt."""

    driven = True
    DEFAULT_CSS = f"""
    SuggestionRows {{ height: auto; max-height: {MOST_SHOWN}; display: none; background: $panel; }}
    SuggestionRows.-shown {{ display: block; }}
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.can_focus = False
        self.suggestions: list[Suggestion] = []

    def show(self, suggestions: list[Suggestion]) -> None:
        """Shows these, the cursor on the first; none hides the list."""
        if suggestions == self.suggestions:
            return
        self.suggestions = suggestions
        self.set_class(bool(suggestions), "-shown")
        self.rows_changed()
        self.move_to(0)

    @property
    def current(self) -> Suggestion | None:
        """The one at the cursor."""
        return self.suggestions[self.cursor_row] if self.cursor_row < len(self.suggestions) else None

    def row_count(self) -> int:
        return len(self.suggestions)

    def row(self, index: int, width: int) -> tuple[Line, Line]:
        found = self.suggestions[index]
        label: list[Span] = [(f" {found.kind:<8}", "info")]
        at = 0
        for place in found.matched:
            if at <= place < len(found.label):
                label += [(found.label[at:place], "text"), (found.label[place], "accent")]
                at = place + 1
        label.append((found.label[at:], "text"))
        if found.detail:
            label.append((f"  {found.detail}", "dim"))
        return tuple(span for span in label if span[0]), ()
