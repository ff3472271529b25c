"""What Codex does, item by item: each starts, grows, and is told whole when it is complete."""

from __future__ import annotations

import re
from typing import Any

from core.agents import reading
from core.agents.driver import Effect
from core.agents.entries import EntryBook
from core.agents.text import clean, head, one_line
from core.agents.texts import Texts
from core.agents.tools import INPUT_LIMIT, ToolBook
from core.values.conversation import EntryKind, FileEdit, ToolState

_STATES = {
    "inProgress": ToolState.RUNNING,
    "completed": ToolState.COMPLETED,
    "failed": ToolState.FAILED,
    "declined": ToolState.CANCELLED,
}
_SHELL = re.compile(r"^(?:/\S*/)?(?:ba|z|da)?sh -l?c (['\"])(.*)\1$", re.DOTALL)
_ACTIONS = {"read": "read", "listFiles": "search", "search": "search"}
_NAMES = {
    "webSearch": ("fetch", "Web search"),
    "imageView": ("read", "Look at an image"),
    "imageGeneration": ("other", "Make an image"),
    "collabAgentToolCall": ("think", "Another agent"),
    "subAgentActivity": ("think", "Another agent"),
    "sleep": ("other", "Wait"),
}
_NOTES = {
    "contextCompaction": "The agent shortened its memory of the conversation.",
    "enteredReviewMode": "The agent reviews now.",
    "exitedReviewMode": "The agent has reviewed.",
}
SILENT = frozenset({"userMessage", "hookPrompt", "functionCallOutput"})
"""Items that say nothing new: the prompt is in the conversation already."""


class Items:
    """The items of one turn."""

    def __init__(self, book: EntryBook, texts: Texts, tools: ToolBook) -> None:
        self._book = book
        self._texts = texts
        self._tools = tools
        self._noted: set[str] = set()

    def take(self, item: dict[str, Any], line: bytes, now: float, *, whole: bool) -> list[Effect]:
        """An item that has started or is complete; `line` is what it was read from."""
        kind, item_id = reading.text(item.get("type")), reading.text(item.get("id"))
        if kind in SILENT:
            return []
        if kind == "agentMessage":
            return self._text(item_id, EntryKind.MESSAGE, reading.text(item.get("text")), now, whole)
        if kind == "reasoning":
            return self._text(item_id, EntryKind.THOUGHT, _thoughts(item), now, whole)
        if kind == "plan":
            return self._text(item_id, EntryKind.MESSAGE, reading.text(item.get("text")), now, whole)
        if kind in _NOTES:
            return self._note(item_id, _NOTES[kind], now)
        fields = _fields(kind, item)
        if fields is None:
            return self._book.raw(line, now) if whole else []
        return self._tools.upsert(item_id, now, **fields)

    def grow(self, method: str, params: dict[str, Any], now: float) -> list[Effect]:
        """A piece of an item."""
        item_id, delta = reading.text(params.get("itemId")), reading.text(params.get("delta"))
        match method:
            case "item/agentMessage/delta" | "item/plan/delta":
                return self._texts.append(item_id, EntryKind.MESSAGE, delta, now)
            case "item/reasoning/summaryTextDelta" | "item/reasoning/textDelta":
                return self._texts.append(item_id, EntryKind.THOUGHT, delta, now)
            case "item/reasoning/summaryPartAdded":
                more = "\n\n" if params.get("summaryIndex") else ""
                return self._texts.append(item_id, EntryKind.THOUGHT, more, now)
            case "item/commandExecution/outputDelta":
                return self._tools.output(item_id, delta, now)
            case "item/fileChange/patchUpdated":
                return self._tools.upsert(item_id, now, edits=edits(params.get("changes")))
        return []

    def _text(self, item_id: str, kind: EntryKind, text: str, now: float, whole: bool) -> list[Effect]:
        return self._texts.settle(item_id, kind, text, now) if whole and text.strip() else []

    def _note(self, item_id: str, text: str, now: float) -> list[Effect]:
        if item_id in self._noted:
            return []
        self._noted.add(item_id)
        return self._book.note(text, now)


def _thoughts(item: dict[str, Any]) -> str:
    for key in ("summary", "content"):
        parts = item.get(key)
        found = [part for part in parts if isinstance(part, str)] if isinstance(parts, list) else []
        if found:
            return "\n\n".join(found)
    return ""


def _fields(kind: str, item: dict[str, Any]) -> dict[str, Any] | None:
    """What is shown of an item that is a tool call; None for an item of a kind that is not known."""
    match kind:
        case "commandExecution":
            fields = _command(item)
        case "fileChange":
            fields = _file_change(item)
        case "mcpToolCall" | "dynamicToolCall":
            fields = _tool(item)
        case _ if kind in _NAMES:
            tool_kind, title = _NAMES[kind]
            words = reading.text(item.get("query")) or reading.text(item.get("path"))
            fields = {"title": one_line(f"{title} {words}".strip()), "tool_kind": tool_kind}
            fields["text"] = reading.as_json(reading.text(item.get("prompt")), INPUT_LIMIT)
        case _:
            return None
    status = item.get("status")
    state = _STATES.get(status) if isinstance(status, str) else None
    return {**fields, "state": state or ToolState.RUNNING}


def _command(item: dict[str, Any]) -> dict[str, Any]:
    command = plain_command(reading.text(item.get("command")))
    actions = reading.dicts(item.get("commandActions"), 20)
    kinds = {_ACTIONS.get(reading.text(action.get("type")), "execute") for action in actions}
    fields: dict[str, Any] = {
        "title": one_line(command) or "Command",
        "text": head(command, INPUT_LIMIT),
        "tool_kind": kinds.pop() if len(kinds) == 1 else "execute",
    }
    if isinstance(item.get("aggregatedOutput"), str):
        fields["output"] = item["aggregatedOutput"]
    return fields


def plain_command(command: str) -> str:
    """A command as it was meant, without the shell that Codex puts around it."""
    found = _SHELL.match(command)
    return clean(found.group(2) if found else command)


def _file_change(item: dict[str, Any]) -> dict[str, Any]:
    found = edits(item.get("changes"))
    names = ", ".join(edit.path.rpartition("/")[2] for edit in found[:3])
    more = f" and {len(found) - 3} more" if len(found) > 3 else ""
    return {
        "title": one_line(f"Edit {names}{more}" if names else "Edit files"),
        "tool_kind": "edit",
        "edits": found,
        "locations": tuple(edit.path for edit in found),
    }


def edits(changes: Any) -> tuple[FileEdit, ...]:
    """Changes of files: a new file as its text, anything else as the patch."""
    found = []
    for change in reading.dicts(changes, reading.EDITS_LIMIT):
        kind = reading.mapping(change.get("kind")).get("type")
        path, diff = reading.text(change.get("path")), reading.text(change.get("diff"))
        if kind == "add":
            found.append(reading.edit(path, None, diff))
        elif kind == "delete":
            found.append(reading.edit(path, diff, ""))
        else:
            found.append(reading.patched(one_line(path, 4096), diff))
    return tuple(found)


def _tool(item: dict[str, Any]) -> dict[str, Any]:
    place = reading.text(item.get("server")) or reading.text(item.get("namespace"))
    name = reading.text(item.get("tool")) or "tool"
    fields: dict[str, Any] = {"title": one_line(f"{place}: {name}" if place else name), "tool_kind": "other"}
    if item.get("arguments"):
        fields["text"] = reading.as_json(item["arguments"], INPUT_LIMIT)
    error = reading.text(reading.mapping(item.get("error")).get("message"))
    result = reading.mapping(item.get("result")).get("content") or item.get("contentItems")
    said = "\n".join(filter(None, (reading.block_text(block) for block in reading.dicts(result))))
    if error or said:
        fields["output"] = error or said
    return fields
