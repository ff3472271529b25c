"""JSON-RPC 2.0 in lines, without input or output: bytes to messages and back.

Source: the JSON-RPC 2.0 specification, and "Transports" of the Agent Client Protocol (one message a line,
UTF-8). Whatever is not a message is `Garbage`: agents write banners and warnings to standard output.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, NoReturn

METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
ID_LIMIT = 1024
"""Characters that an id may have; a longer one is no id that we could keep."""


@dataclass(frozen=True)
class Request:
    """The agent wants a reply."""

    id: Any
    method: str
    params: dict[str, Any]


@dataclass(frozen=True)
class Notification:
    method: str
    params: dict[str, Any]


@dataclass(frozen=True)
class Reply:
    """The answer to a request of ours: `error` is None when it succeeded."""

    id: Any
    result: Any = None
    error: dict[str, Any] | None = None


@dataclass(frozen=True)
class Garbage:
    """A line that is no message."""


Message = Request | Notification | Reply | Garbage


def decode(line: bytes) -> Message:
    """The message in a line; never raises."""
    try:
        value = json.loads(line.decode("utf-8", "replace"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        return Garbage()
    return _message(value) if isinstance(value, dict) else Garbage()


def _message(value: dict[str, Any]) -> Message:
    method = value.get("method")
    if "id" in value and not _is_id(value["id"]):
        return Garbage()
    if isinstance(method, str):
        given = value.get("params")
        params = given if isinstance(given, dict) else {}
        return Request(value["id"], method, params) if "id" in value else Notification(method, params)
    if "id" not in value or method is not None:
        return Garbage()
    if value.get("error") is not None:
        said = value["error"]
        return Reply(value["id"], error=said if isinstance(said, dict) else {"message": str(said)[:1000]})
    return Reply(value["id"], result=value["result"]) if "result" in value else Garbage()


def _is_id(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= ID_LIMIT
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def key_of(request_id: Any) -> str:
    """A request's id as text; different ids have different texts, `1` and `"1"` too."""
    return json.dumps(request_id, sort_keys=True)


def request(number: int, method: str, params: dict[str, Any]) -> bytes:
    return _line({"id": number, "method": method, "params": params})


def notification(method: str, params: dict[str, Any]) -> bytes:
    return _line({"method": method, "params": params})


def reply(request_id: Any, result: dict[str, Any]) -> bytes:
    return _line({"id": request_id, "result": result})


def refusal(request_id: Any, method: str) -> bytes:
    """The reply to a request that we do not serve."""
    return error(request_id, METHOD_NOT_FOUND, f"Method not found: {method[:200]}")


def error(request_id: Any, code: int, message: str) -> bytes:
    """The reply to a request that was not carried out."""
    return _line({"id": request_id, "error": {"code": code, "message": message}})


def _line(message: dict[str, Any]) -> bytes:
    return json.dumps({"jsonrpc": "2.0", **message}).encode("ascii") + b"\n"
