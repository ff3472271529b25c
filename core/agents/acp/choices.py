"""The mode and the model that a session is to have, in whichever of three ways an agent lets them be set."""

from __future__ import annotations

from typing import Any

from core.agents import reading
from core.agents.text import one_line
from core.values.conversation import AgentMode, AgentModes

TOLD = 12
MODES_LIMIT = 50


def setting(
    what: str, wanted: str, opened: dict[str, Any], *, second: bool
) -> tuple[str, dict[str, Any]] | str:
    """The request that sets it, without the session's id; or why there is none, in words.

    Args:
        what: `mode` or `model`.
        wanted: The agent's own word for it.
        opened: The reply to the opening of the session.
        second: Whether version 2 is spoken.
    """
    offered: list[str] = []
    for option in reading.dicts(opened.get("configOptions"), 100):
        config_id = reading.text(option.get("configId")) or reading.text(option.get("id"))
        if what in (option.get("category"), config_id):
            values = _values(option.get("options"))
            if wanted in values:
                kind = {"type": "id"} if second else {}
                return "session/set_config_option", {"configId": config_id, "value": wanted, **kind}
            offered += values
    known = reading.mapping(opened.get(f"{what}s"))
    ids = [
        reading.text(each.get("id")) or reading.text(each.get("modelId"))
        for each in reading.dicts(known.get(f"available{what.capitalize()}s"), 200)
    ]
    if wanted in ids:
        return f"session/set_{what}", {f"{what}Id": wanted}
    names = ", ".join(one_line(name, 60) for name in dict.fromkeys([*offered, *ids][:TOLD]) if name)
    return f"The agent has no {what} “{one_line(wanted, 60)}”; it offers {names or 'none to choose from'}."


def modes_of(opened: dict[str, Any], current: str = "") -> AgentModes:
    """The modes that a session can be in, as its opening told.

    Args:
        opened: The reply to the opening of the session.
        current: The one that it is in now; empty: as the opening told.
    """
    known = reading.mapping(opened.get("modes"))
    found = [_mode(each.get("id"), each) for each in reading.dicts(known.get("availableModes"), MODES_LIMIT)]
    told = reading.text(known.get("currentModeId"))
    for option in reading.dicts(opened.get("configOptions"), 100):
        if not found and "mode" in (option.get("category"), option.get("configId"), option.get("id")):
            choices = reading.dicts(option.get("options"), MODES_LIMIT)
            found = [_mode(each.get("value"), each) for each in choices]
            told = reading.text(option.get("currentValue"))
    return AgentModes(current=current or one_line(told, 80), available=tuple(m for m in found if m.id))


def _mode(mode: Any, told: dict[str, Any]) -> AgentMode:
    name, words = reading.text(told.get("name")), reading.text(told.get("description"))
    return AgentMode(id=reading.text(mode), name=one_line(name, 80), description=one_line(words, 300))


def _values(options: Any) -> list[str]:
    """The values of a choice, whose groups are opened."""
    found = []
    for option in reading.dicts(options, 200):
        found += _values(option["options"]) if isinstance(option.get("options"), list) else []
        found.append(reading.text(option.get("value")))
    return [value for value in found if value]
