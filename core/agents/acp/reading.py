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
    """The diffs in a tool call's content."""
    found = (item for item in dicts(content) if item.get("type") == "diff")
    return tuple(_edit(item) for item, _ in zip(found, range(EDITS_LIMIT), strict=False))


def _edit(item: dict[str, Any]) -> FileEdit:
    path, old, new = one_line(text(item.get("path")), 4096), item.get("oldText"), text(item.get("newText"))
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
