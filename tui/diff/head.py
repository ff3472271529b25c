"""What is to be known of a changed file beside its lines: the rows above them."""

from __future__ import annotations

from core.values.review import Change, FileChange
from tui.files.tree import SIGNS
from tui.looks.durations import size
from tui.looks.glyphs import Glyphs
from tui.text.spans import Line, Span, fit, width_of

LINK, SUBMODULE = "120000", "160000"
MODES = {"100644": "a file", "100755": "executable", LINK: "a symbolic link", SUBMODULE: "a submodule"}
"""git's modes in words."""


def why_folded(file: FileChange) -> str:
    """Why a file's lines are not shown at first; empty when they are."""
    if file.reviewed:
        return "read, and not changed since"
    if file.lfs:
        return "a pointer of Git LFS"
    return "generated" if file.generated else ""


def title_of(file: FileChange, path: str, glyphs: Glyphs, width: int) -> Line:
    """One line: what happened to which file (`path`), and how much of it.

    Where there is no room for all that, the facts alone say what it was called, and the path's end stays.
    """
    letter, token = SIGNS[file.change]
    sign: Span = (f" {letter} ", token)
    spans: list[Span] = [(f"  +{file.added}", "added")] if file.added else []
    spans += [(f"  {glyphs.minus}{file.removed}", "removed")] if file.removed else []
    spans += [(f"  {glyphs.done} read", "done")] if file.reviewed else []
    was: list[Span] = []
    if file.old_path and file.old_path != file.path:
        was.append((f"{file.old_path} {glyphs.arrow} ", "dim"))
    room = width - width_of((sign, *spans))
    if width_of((*was, (path, ""))) > room:
        was = []
    return (sign, *was, (fit(path, max(8, room), cut=glyphs.cut, keep_end=True), "strong"), *spans)


def facts_of(file: FileChange, glyphs: Glyphs, width: int) -> list[str]:
    """Sentences of at most `width` cells, as far as paths are in them, about what the lines do not tell."""
    facts: list[str] = []
    if file.old_path and file.change in (Change.RENAMED, Change.COPIED):
        verb = "Renamed" if file.change is Change.RENAMED else "Copied"
        same = "" if file.added or file.removed or file.binary else ", otherwise as it was"
        room = max(8, width - len(f"{verb} from {same}"))
        facts.append(f"{verb} from {fit(file.old_path, room, cut=glyphs.cut, keep_end=True)}{same}")
    facts += _mode(file, glyphs)
    if SUBMODULE in (file.old_mode, file.new_mode):
        old, new = file.old_id[:10] or "none", file.new_id[:10] or "none"
        facts.append(f"Submodule: commit {old} {glyphs.arrow} {new}")
    if file.binary:
        facts.append(f"Binary file: there is no line to show{_sizes(file, glyphs)}")
    if file.lfs:
        facts.append("Pointer of Git LFS: the content is kept elsewhere")
    return facts


def _mode(file: FileChange, glyphs: Glyphs) -> list[str]:
    old, new = file.old_mode.strip("0"), file.new_mode.strip("0")
    if old and new and file.old_mode != file.new_mode:
        words = [MODES.get(mode, "") for mode in (file.old_mode, file.new_mode)]
        told = f"  ({words[0]} became {words[1]})" if all(words) else ""
        return [f"Mode {file.old_mode} {glyphs.arrow} {file.new_mode}{told}"]
    return ["Symbolic link: its line is what it points to"] if LINK in (file.old_mode, file.new_mode) else []


def _sizes(file: FileChange, glyphs: Glyphs) -> str:
    if file.old_size is None and file.new_size is None:
        return ""
    old = size(file.old_size) if file.old_size is not None else "none"
    new = size(file.new_size) if file.new_size is not None else "none"
    return f" ({old} {glyphs.arrow} {new})"
