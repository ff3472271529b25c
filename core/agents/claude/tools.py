"""What Claude Code's tools do, read from their names and inputs."""

from __future__ import annotations

from typing import Any

from core.agents import reading
from core.agents.text import head, one_line
from core.agents.tools import INPUT_LIMIT
from core.values.conversation import FileEdit, PlanItem

_KINDS = {
    "Read": "read", "NotebookRead": "read", "Write": "edit", "Edit": "edit", "MultiEdit": "edit",
    "NotebookEdit": "edit", "Bash": "execute", "BashOutput": "execute", "KillShell": "execute",
    "Glob": "search", "Grep": "search", "LS": "search", "WebFetch": "fetch", "WebSearch": "fetch",
    "Task": "think", "Agent": "think", "ExitPlanMode": "switch_mode", "EnterPlanMode": "switch_mode",
}  # fmt: skip
_PATHS = ("file_path", "notebook_path", "path")
_STATUSES = ("pending", "in_progress", "completed")
PLAN_LIMIT = 200


def kind(name: str) -> str:
    return _KINDS.get(name, "other")


def describe(name: str, given: dict[str, Any], cwd: str) -> dict[str, Any]:
    """The fields of a tool call's entry that its name and input decide."""
    path = next((reading.text(given[key]) for key in _PATHS if given.get(key)), "")
    fields: dict[str, Any] = {"title": _title(name, given, path, cwd), "tool_kind": kind(name)}
    text = _text(name, given)
    if text:
        fields["text"] = text
    edits = _edits(name, given, path)
    if edits:
        fields["edits"] = edits
    if path:
        fields["locations"] = (one_line(path, 4096),)
    return fields


def _title(name: str, given: dict[str, Any], path: str, cwd: str) -> str:
    command = reading.text(given.get("command"))
    if command:
        return one_line(command)
    if path:
        return one_line(f"{name} {path.removeprefix(cwd.rstrip('/') + '/')}")
    for key in ("description", "pattern", "query", "url", "skill"):
        if reading.text(given.get(key)):
            return one_line(f"{name} {given[key]}")
    server = name.split("__")
    return one_line(": ".join(server[1:])) if len(server) > 2 and server[0] == "mcp" else one_line(name)


def _text(name: str, given: dict[str, Any]) -> str:
    for key in ("command", "plan", "prompt"):
        if reading.text(given.get(key)):
            return reading.as_json(given[key], INPUT_LIMIT)
    if kind(name) == "edit" or not given:
        return ""  # the change itself is shown
    return reading.as_json(given, INPUT_LIMIT)


def _edits(name: str, given: dict[str, Any], path: str) -> tuple[FileEdit, ...]:
    if name == "Write":
        return (reading.edit(path, None, given.get("content")),)
    if name == "NotebookEdit":
        return (reading.edit(path, None, given.get("new_source")),)
    if name == "Edit":
        return (reading.edit(path, given.get("old_string"), given.get("new_string")),)
    found = reading.dicts(given.get("edits"), reading.EDITS_LIMIT)
    return tuple(reading.edit(path, each.get("old_string"), each.get("new_string")) for each in found)


def plan(given: dict[str, Any]) -> tuple[PlanItem, ...] | None:
    """The plan in the input of the tool that keeps one; None when it has none."""
    if not isinstance(given.get("todos"), list):
        return None
    return tuple(
        PlanItem(
            text=one_line(reading.text(item.get("content"))),
            status=item["status"] if item.get("status") in _STATUSES else "pending",
        )
        for item in reading.dicts(given["todos"], PLAN_LIMIT)
    )


def detail(given: dict[str, Any], fields: dict[str, Any]) -> str:
    """What exactly is to be done, for a request for permission."""
    if fields.get("edits"):
        return head("\n".join(reading.edit_text(edit) for edit in fields["edits"]), INPUT_LIMIT)
    return str(fields.get("text") or reading.as_json(given, INPUT_LIMIT))


def result_text(content: Any) -> str:
    """What a tool's result shows: a text, or blocks."""
    if isinstance(content, str):
        return content
    blocks = reading.dicts(content)
    return "\n".join(filter(None, (reading.block_text(block) for block in blocks)))
