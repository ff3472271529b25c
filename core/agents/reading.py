"""Reads values out of an agent's JSON: whatever is missing or of the wrong type is taken for absent."""

from __future__ import annotations

import json
import math
from typing import Any

from core.agents.text import clean, head, one_line
from core.values.conversation import FileEdit

EDIT_LIMIT = 256 * 1024
"""Characters of a file's text that an entry shows."""
EDITS_LIMIT = 50
LOCATIONS_LIMIT = 100


def mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def dicts(value: Any, limit: int = 10_000) -> list[dict[str, Any]]:
    """The objects in a list; anything else in it is left out."""
    return [item for item in value[:limit] if isinstance(item, dict)] if isinstance(value, list) else []


def text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def count(value: Any) -> int | None:
    """A number of tokens: whole, not negative, and small enough for a database."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if math.isfinite(value) and 0 <= value < 2**53 else None


def amount(value: Any) -> float | None:
    """A sum of money, not negative."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e12:
        return None
    return float(value)


def as_json(value: Any, limit: int) -> str:
    """Any value as text for people; strings as they are."""
    if isinstance(value, str):
        return head(clean(value), limit)
    try:
        return head(clean(json.dumps(value, ensure_ascii=False, indent=1)), limit)
    except (ValueError, RecursionError):
        return ""


def block_text(block: Any) -> str:
    """What a content block shows as text (Agent Client Protocol, ContentBlock)."""
    block = mapping(block)
    kind = block.get("type")
    if kind == "text":
        return text(block.get("text"))
    if kind == "resource_link":
        return f"[{one_line(text(block.get('name')) or 'resource')}]({one_line(text(block.get('uri')))})"
    if kind == "resource":
        resource = mapping(block.get("resource"))
        return text(resource.get("text")) or f"[{one_line(text(resource.get('uri')))}]"
    if kind in ("image", "audio"):
        return f"[{kind}: {one_line(text(block.get('mimeType')), 80)}]"
    return ""


def edits(content: Any) -> tuple[FileEdit, ...]:
    """The diffs in a tool call's content: whole texts, or a patch of git's over one or more files."""
    found: list[FileEdit] = []
    for item in dicts(content):
        if item.get("type") == "diff":
            patch = mapping(item.get("patch"))
            found += _patches(item, text(patch.get("text"))) if patch or "changes" in item else [_edit(item)]
    return tuple(found[:EDITS_LIMIT])


def _patches(item: dict[str, Any], patch: str) -> list[FileEdit]:
    """One change for each file, in the order of the patch."""
    paths = [one_line(text(each.get("path")), 4096) for each in dicts(item.get("changes"), EDITS_LIMIT)]
    parts = [f"diff --git {part}" for part in f"\n{patch}".split("\ndiff --git ")[1:]] or [patch]
    return [patched(path, part) for path, part in zip(paths, [*parts, *[""] * len(paths)], strict=False)]


def _edit(item: dict[str, Any]) -> FileEdit:
    return edit(text(item.get("path")), item.get("oldText"), item.get("newText"))


def edit(path: str, old: Any, given: Any) -> FileEdit:
    """A change from one text to another; `old` is no text where there was none."""
    path, new = one_line(path, 4096), text(given)
    if len(new) > EDIT_LIMIT or len(text(old)) > EDIT_LIMIT:
        return FileEdit(path=path, new=f"({len(new)} characters, too many to show here)")
    return FileEdit(path=path, old=clean(old) if isinstance(old, str) else None, new=clean(new))


def locations(value: Any) -> tuple[str, ...]:
    """Places in files, as `path` or `path:line`."""
    found = []
    for item in dicts(value, LOCATIONS_LIMIT):
        path, line = text(item.get("path")), item.get("line")
        number = f":{line}" if isinstance(line, int) and not isinstance(line, bool) and line > 0 else ""
        found.append(one_line(path, 4096) + number)
    return tuple(place for place in found if place)


def edit_text(edit: FileEdit) -> str:
    """A change as lines that go and lines that come, without what stays around them."""
    old = [f"-{line}" for line in (edit.old or "").splitlines()]
    new = [f"+{line}" for line in edit.new.splitlines()]
    while old and new and old[0][1:] == new[0][1:]:
        del old[0], new[0]
    while old and new and old[-1][1:] == new[-1][1:]:
        del old[-1], new[-1]
    return "\n".join([edit.path, *old, *new])


def patched(path: str, patch: str) -> FileEdit:
    """A change that is told as a patch: what its hunks show of the file, before and after."""
    if len(patch) > EDIT_LIMIT:
        return FileEdit(path=path, new=f"({len(patch)} characters, too many to show here)")
    old, new, begun = [], [], "\n@@" not in f"\n{patch}"
    for line in clean(patch).splitlines():
        if line.startswith("@@"):
            begun = True
        elif begun and not line.startswith("\\"):
            old += [] if line.startswith("+") else [line[1:]]
            new += [] if line.startswith("-") else [line[1:]]
    made = "\n--- /dev/null" in patch[:4000]
    return FileEdit(path=path, old=None if made else _lines(old), new=_lines(new))


def _lines(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
