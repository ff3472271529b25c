"""Lines to Claude Code and back: JSON objects, told apart by their `type`.

Its requests and ours are `control_request`s, answered by a `control_response` with the same id.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NoReturn

from core.agents.attachments import image_data, with_names
from core.values.conversation import Attachment

INITIALIZE = "boatyard-initialize"
INTERRUPT = "boatyard-interrupt"
SET_MODE = "boatyard-mode-"
"""The beginning of the ids of requests for another mode, which follows."""


def decode(line: bytes) -> dict[str, Any] | None:
    """The object in a line, or None; never raises."""
    try:
        value = json.loads(line.decode("utf-8", "replace"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and isinstance(value.get("type"), str) else None


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def initialize() -> bytes:
    return _request(INITIALIZE, {"subtype": "initialize", "hooks": {}})


def interrupt() -> bytes:
    return _request(INTERRUPT, {"subtype": "interrupt"})


def set_mode(mode: str) -> bytes:
    return _request(f"{SET_MODE}{mode}", {"subtype": "set_permission_mode", "mode": mode})


def prompt(text: str, attachments: Sequence[Attachment]) -> bytes:
    """The user's message: text, images as such, other files by their paths."""
    images, others = [], []
    for each in attachments:
        data = image_data(each)
        if data is None:
            others.append(each)
        else:
            source = {"type": "base64", "media_type": each.mime_type, "data": data}
            images.append({"type": "image", "source": source})
    content = [{"type": "text", "text": with_names(text, others)}, *images]
    return _line({"type": "user", "message": {"role": "user", "content": content}})


def reply(request_id: str, response: dict[str, Any]) -> bytes:
    return _answer({"subtype": "success", "request_id": request_id, "response": response})


def refusal(request_id: str, why: str) -> bytes:
    return _answer({"subtype": "error", "request_id": request_id, "error": why})


def _answer(response: dict[str, Any]) -> bytes:
    return _line({"type": "control_response", "response": response})


def _request(request_id: str, request: dict[str, Any]) -> bytes:
    return _line({"type": "control_request", "request_id": request_id, "request": request})


def _line(message: dict[str, Any]) -> bytes:
    return json.dumps(message).encode("ascii") + b"\n"
