"""The two versions of the protocol: how each is offered, and what an agent says that it can do."""

from __future__ import annotations

from typing import Any

from core.agents import reading
from core.agents.attachments import display_name, embedded_text, image_data
from core.agents.profile import TOOLS
from core.values.conversation import Attachment

NEWEST, OLDEST = 2, 1
_INFO = {"name": "boatyard", "title": "Boatyard", "version": "1"}


def initialize(version: int) -> dict[str, Any]:
    """The parameters of `initialize`. An offer of the newer version has the older one's fields, too.

    File and terminal methods are not offered: agents have files and shells of their own, and version 2
    takes the methods out. One that calls them all the same is served (`core.agents.acp.client_methods`).
    """
    elicitation: dict[str, Any] = {"form": {}, "url": {}}
    params: dict[str, Any] = {
        "protocolVersion": version,
        "clientCapabilities": {
            "fs": {"readTextFile": False, "writeTextFile": False},
            "terminal": False,
            "elicitation": elicitation,
        },
        "clientInfo": _INFO,
    }
    if version >= NEWEST:
        params |= {"info": _INFO, "capabilities": {"elicitation": elicitation}}
    return params


def tool_servers(command: tuple[str, ...], *, second: bool) -> list[dict[str, Any]]:
    """The servers of tools that a session has; version 2 wants to be told how they are reached."""
    if not command:
        return []
    server = {"name": TOOLS, "command": command[0], "args": list(command[1:]), "env": []}
    return [{"type": "stdio", **server} if second else server]


class Abilities:
    """What an agent said of itself when it was initialized."""

    def __init__(self, result: dict[str, Any]) -> None:
        self.version = result.get("protocolVersion", OLDEST)
        self.login_methods = result.get("authMethods")
        self._newer = reading.mapping(reading.mapping(result.get("capabilities")).get("session"))
        self._older = reading.mapping(result.get("agentCapabilities"))

    @property
    def known_version(self) -> bool:
        return not isinstance(self.version, bool) and self.version in (OLDEST, NEWEST)

    @property
    def second(self) -> bool:
        """Whether it speaks version 2."""
        return bool(self.version == NEWEST)

    @property
    def resumes(self) -> bool:
        """Whether it goes on with a session without telling all of it again; version 2 always does."""
        session = reading.mapping(self._older.get("sessionCapabilities"))
        return self.second or isinstance(session.get("resume"), dict)

    @property
    def loads(self) -> bool:
        return self._older.get("loadSession") is True

    def prompt(self, text: str, attachments: tuple[Attachment, ...]) -> list[dict[str, Any]]:
        """The content of a prompt: what the agent takes as such, and links to the rest."""
        return [{"type": "text", "text": text}, *(self._attached(each) for each in attachments)]

    def _attached(self, attachment: Attachment) -> dict[str, Any]:
        uri = f"file://{attachment.path}"
        data = image_data(attachment) if self._takes("image") else None
        if data is not None:
            return {"type": "image", "mimeType": attachment.mime_type, "data": data, "uri": uri}
        text = embedded_text(attachment) if self._takes("embeddedContext") else None
        kind = {"mimeType": attachment.mime_type} if attachment.mime_type else {}
        if text is not None:
            return {"type": "resource", "resource": {"uri": uri, "text": text, **kind}}
        return {"type": "resource_link", "uri": uri, "name": display_name(attachment), **kind}

    def _takes(self, what: str) -> bool:
        newer = reading.mapping(self._newer.get("prompt")).get(what)
        return (
            isinstance(newer, dict)
            or reading.mapping(self._older.get("promptCapabilities")).get(what) is True
        )
