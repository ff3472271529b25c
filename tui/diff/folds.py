"""Which files of a diff show their lines, and which only what they are."""

from __future__ import annotations

from core.values.review import FileChange
from tui.diff.head import why_folded

Content = tuple[str, str, str]
"""Repo, path, and git's id of the content."""


class Folds:
    """Generated and read files are folded until one says otherwise; what changes again is as at first."""

    def __init__(self) -> None:
        self._all: bool | None = None
        self._by_hand: dict[Content, bool] = {}

    def folded(self, file: FileChange) -> bool:
        """Whether a file's lines are hidden."""
        usual = bool(why_folded(file)) if self._all is None else self._all
        return self._by_hand.get(content_of(file), usual)

    def turn(self, file: FileChange, folded: bool) -> None:
        """Folds or unfolds one file."""
        self._by_hand[content_of(file)] = folded

    def turn_all(self, folded: bool) -> None:
        """Folds or unfolds all files."""
        self._all = folded
        self._by_hand.clear()

    def forget(self, file: FileChange) -> None:
        """What was chosen for a file holds no more."""
        self._by_hand.pop(content_of(file), None)


def content_of(file: FileChange) -> Content:
    """What tells a file from others, and from itself after another change."""
    return file.repo_id, file.path, file.new_id


def same_file(one: FileChange, other: FileChange) -> bool:
    """Whether both are the same file, changed again or not."""
    return (one.repo_id, one.path) == (other.repo_id, other.path)
