"""The agent's end of the line for the native drivers: plays recordings, and keeps what the driver did."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from core.agents.driver import AskApproval, Driver, Effect, Send, TurnEnded, Upsert
from core.values.conversation import Entry, EntryKind
from tests.agents.real_agent import rig_folder


@dataclass
class Double:
    """One turn of a driver with an agent that the test plays."""

    driver: Driver
    now: float = 100.0
    effects: list[Effect] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    kept: dict[str, Entry] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.did(self.driver.begin())

    def did(self, effects: list[Effect]) -> list[Effect]:
        self.effects += effects
        for effect in effects:
            if isinstance(effect, Send):
                assert effect.data.endswith(b"\n") and effect.data.count(b"\n") == 1
                self.sent.append(json.loads(effect.data))
            elif isinstance(effect, Upsert):
                self.kept[effect.entry.id] = effect.entry
        return effects

    def line(self, line: bytes) -> list[Effect]:
        self.now += 1
        return self.did([*self.driver.receive(line, self.now), *self.driver.flush()])

    def say(self, message: dict[str, Any]) -> list[Effect]:
        return self.line(json.dumps(message).encode())

    def answers(self, key: str, option: str, **values: Any) -> list[Effect]:
        return self.did(self.driver.answer(key, option, self.now, values))

    def cancels(self) -> list[Effect]:
        return self.did(self.driver.cancel(self.now))

    def exits(self, code: int, *complaints: bytes) -> list[Effect]:
        for complaint in complaints:
            self.did(self.driver.complain(complaint, self.now))
        return self.did(self.driver.exited(code, self.now))

    @property
    def entries(self) -> list[Entry]:
        return sorted(self.kept.values(), key=lambda entry: entry.order)

    def of_kind(self, kind: EntryKind) -> list[Entry]:
        return [entry for entry in self.entries if entry.kind is kind]

    def of_type(self, kind: type[Any]) -> list[Any]:
        return [effect for effect in self.effects if isinstance(effect, kind)]

    @property
    def asked(self) -> list[AskApproval]:
        return self.of_type(AskApproval)

    @property
    def ended(self) -> TurnEnded:
        (ended,) = self.of_type(TurnEnded)
        assert isinstance(ended, TurnEnded)
        return ended


def recorded(name: str) -> list[dict[str, Any]]:
    """The rows of a recording; skips where there is none."""
    path = rig_folder() / "transcripts" / f"{name}.jsonl"
    if not path.is_file():
        pytest.skip(f"there is no recording {path.name}")
    return [json.loads(line) for line in path.read_text().splitlines()]
