"""What is to be known of a changed file beside its lines: the rows above them."""

from __future__ import annotations

from core.values.review import Change, FileChange
from tui.files.tree import SIGNS
from tui.looks.durations import size
from tui.looks.glyphs import Glyphs
from tui.text.spans import Line, Span

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


def title_of(file: FileChange, glyphs: Glyphs) -> Line:
    """One line: what happened to which file, and how much of it."""
    letter, token = SIGNS[file.change]
    spans: list[Span] = [(f" {letter} ", token)]
    if file.old_path and file.old_path != file.path:
        spans.append((f"{file.old_path} {glyphs.arrow} ", "dim"))
    spans.append((file.path, "strong"))
    spans += [(f"  +{file.added}", "added")] if file.added else []
    spans += [(f"  {glyphs.minus}{file.removed}", "removed")] if file.removed else []
    spans += [(f"  {glyphs.done} read", "done")] if file.reviewed else []
    return tuple(spans)


def facts_of(file: FileChange, glyphs: Glyphs) -> list[str]:
    """Sentences about what the lines do not tell."""
    facts: list[str] = []
    if file.old_path and file.change in (Change.RENAMED, Change.COPIED):
        verb = "Renamed" if file.change is Change.RENAMED else "Copied"
        same = "" if file.added or file.removed or file.binary else ", otherwise as it was"
        facts.append(f"{verb} from {file.old_path}{same}")
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
