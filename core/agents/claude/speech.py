"""What Claude Code says: texts as they are streamed, then whole messages, which go into the same entries."""

from __future__ import annotations

from typing import Any

from core.agents import reading
from core.agents.driver import Effect
from core.agents.texts import Texts
from core.values.conversation import EntryKind

_KINDS = {"text": EntryKind.MESSAGE, "thinking": EntryKind.THOUGHT}
_DELTAS = {"text_delta": "text", "thinking_delta": "thinking"}
STREAMED_LIMIT = 1000
"""Blocks of one message that are followed."""


class Speech:
    """The texts of one turn."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._message = ""
        self._blocks: dict[Any, tuple[str, EntryKind]] = {}
        self._unsettled: list[tuple[str, EntryKind]] = []
        self._whole = 0

    def stream(self, event: dict[str, Any], now: float) -> list[Effect]:
        """A piece of a message (Anthropic Messages API, streaming events)."""
        kind = event.get("type")
        if kind == "message_start":
            self._begin(reading.text(reading.mapping(event.get("message")).get("id")))
        elif kind == "content_block_start":
            self._open(str(event.get("index")), reading.mapping(event.get("content_block")).get("type"))
        elif kind == "content_block_delta":
            return self._grow(str(event.get("index")), reading.mapping(event.get("delta")), now)
        return []

    def whole(self, message_id: str, block: dict[str, Any], now: float) -> list[Effect]:
        """A block of a message as it is in the end."""
        kind = _KINDS.get(reading.text(block.get("type")))
        if kind is None:
            return []
        if message_id != self._message:
            self._begin(message_id)
        text = reading.text(block.get("text")) or reading.text(block.get("thinking"))
        return self._texts.settle(self._streamed(kind), kind, text, now)

    def _begin(self, message_id: str) -> None:
        self._message, self._blocks, self._unsettled = message_id, {}, []

    def _open(self, index: str, block_type: Any) -> None:
        kind = _KINDS.get(block_type) if isinstance(block_type, str) else None
        if kind is not None and len(self._blocks) < STREAMED_LIMIT:
            self._whole += 1
            opened = (f"{self._message}/{self._whole}", kind)
            self._blocks[index] = opened
            self._unsettled.append(opened)

    def _grow(self, index: str, delta: dict[str, Any], now: float) -> list[Effect]:
        field = _DELTAS.get(reading.text(delta.get("type")))
        opened = self._blocks.get(index)
        if field is None or opened is None:
            return []
        return self._texts.append(*opened, reading.text(delta.get(field)), now)

    def _streamed(self, kind: EntryKind) -> str:
        """The first text of this kind that was streamed and is not known whole yet, else a new one."""
        for opened in self._unsettled:
            if opened[1] is kind:
                self._unsettled.remove(opened)
                return opened[0]
        self._whole += 1
        return f"{self._message}/{self._whole}"
