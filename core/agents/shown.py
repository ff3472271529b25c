"""A driver whose conversation shows what the user typed, where the agent was told more than that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from core.agents.driver import NO_VALUES, Driver, Effect, Upsert
from core.agents.text import clean
from core.values.conversation import EntryKind


class ShownPrompt:
    """Passes everything on; the first entry of the user's shows another text."""

    def __init__(self, driver: Driver, prompt: str) -> None:
        self._driver = driver
        self._prompt = clean(prompt)
        self._entry = ""

    def begin(self) -> list[Effect]:
        return self._shown(self._driver.begin())

    def receive(self, line: bytes, now: float) -> list[Effect]:
        return self._shown(self._driver.receive(line, now))

    def flush(self) -> list[Effect]:
        return self._shown(self._driver.flush())

    def complain(self, line: bytes, now: float) -> list[Effect]:
        return self._shown(self._driver.complain(line, now))

    def answer(
        self, key: str, option_id: str, now: float, values: Mapping[str, Any] = NO_VALUES
    ) -> list[Effect]:
        return self._shown(self._driver.answer(key, option_id, now, values))

    def cancel(self, now: float) -> list[Effect]:
        return self._shown(self._driver.cancel(now))

    def set_mode(self, mode: str, now: float) -> list[Effect]:
        return self._shown(self._driver.set_mode(mode, now))

    def exited(self, exit_code: int, now: float) -> list[Effect]:
        return self._shown(self._driver.exited(exit_code, now))

    def _shown(self, effects: list[Effect]) -> list[Effect]:
        return [self._replaced(effect) for effect in effects]

    def _replaced(self, effect: Effect) -> Effect:
        if not isinstance(effect, Upsert) or effect.entry.kind is not EntryKind.USER:
            return effect
        self._entry = self._entry or effect.entry.id
        if effect.entry.id != self._entry:
            return effect
        return Upsert(msgspec.structs.replace(effect.entry, text=self._prompt))
