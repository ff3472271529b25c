"""Which keys an action has for this user: the table of actions, a preset over it, their own keys over both.

An entry that cannot be used is left out and told; all others hold. What is asked of every set of keys is
what a test asks of the table: no two actions of one place share a key, and none that types a character is
taken away from where text is written.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from tui.keys.action import Action
from tui.keys.actions import ACTIONS, BY_ID, no_key
from tui.keys.names import BadKey, key_name, parse_key, swallowed, types_a_character
from tui.keys.presets import DEFAULT, PRESETS
from tui.keys.scopes import PLACES, is_of_dialogs

Keys = dict[str, tuple[str, ...]]
SPACE = "  "
"""Between two hints."""


@dataclass(frozen=True)
class Trouble:
    """Something about the user's keys that is wrong, or works in some terminals only."""

    entry: str
    """The key below `[keys.map]`; `preset` for the preset."""
    message: str
    hint: str
    warning: bool = False
    """Whether the entry is used all the same."""
    line: int = 0
    """In the settings file; 0: not known."""


def ids_of(hint: str) -> list[str]:
    """The actions whose keys a text names."""
    return re.findall(r"\{([a-z0-9-]+)\}", hint)


class Keymap:
    """The keys of every action."""

    def __init__(self, keys: Mapping[str, tuple[str, ...]]) -> None:
        self._keys = {action.id: tuple(keys.get(action.id, action.keys)) for action in ACTIONS}

    def keys(self, action_id: str) -> tuple[str, ...]:
        """The keys as Textual names them; none when the action has none."""
        return self._keys[action_id]

    def first(self, action_id: str) -> str:
        """The key to name in a footer, as people write it; empty without one."""
        keys = self._keys[action_id]
        return key_name(keys[0]) if keys else ""

    def names(self, action_id: str) -> str:
        """All of its keys as people write them."""
        return " ".join(key_name(key) for key in self._keys[action_id])

    def hint(self, action_id: str) -> str:
        """How to get it done: its key, or the palette's with what to look for there."""
        if is_of_dialogs(BY_ID[action_id].scope):  # the palette does not reach into dialogs
            return self.first(action_id) or f"'{BY_ID[action_id].label}', which has no key,"
        return self.first(action_id) or f"{self.first('palette') or 'palette'} {BY_ID[action_id].label}"

    def fill(self, text: str) -> str:
        """A text with the key of an action in place of each `{id}`."""
        return re.sub(r"\{([a-z0-9-]+)\}", lambda found: self.hint(found[1]), text)

    def fit(self, hints: Sequence[str], width: int) -> str:
        """As many hints as `width` characters hold, those first that stand first; without those whose
        actions have no key. Where some have no room, the last says how to see all."""
        parts = [self.fill(each) for each in hints if all(map(self.first, ids_of(each)))]
        if len(SPACE.join(parts)) <= width:
            return SPACE.join(parts)
        more = self.fill("{sheet-keys} all keys")
        while parts and len(SPACE.join([*parts, more])) > width:
            parts.pop()
        return SPACE.join([*parts, more])

    def textual(self) -> dict[str, str]:
        """What differs from the table, for `App.set_keymap`."""
        return {
            action.id: ",".join(self._keys[action.id]) or no_key(action.id)
            for action in ACTIONS
            if self._keys[action.id] != action.keys
        }


def resolve(
    preset: str = DEFAULT, own: Mapping[str, str | Sequence[str]] | None = None
) -> tuple[Keymap, list[Trouble]]:
    """The keys of a preset with the user's own over it, and what is wrong with those."""
    troubles: list[Trouble] = []
    if preset not in PRESETS:
        near = difflib.get_close_matches(preset, PRESETS, n=1, cutoff=0.0)[0]
        troubles.append(Trouble("preset", f"there is no preset {preset[:40]!r}", f"Did you mean {near!r}?"))
        preset = DEFAULT
    keys: Keys = {action.id: action.keys for action in ACTIONS} | dict(PRESETS[preset])
    before = dict(keys)
    mine: list[str] = []
    for entry, value in (own or {}).items():
        if (found := _read(entry, value, troubles)) is not None:
            keys[entry] = found
            mine.append(entry)
    fixed = {*PRESETS[preset], *mine}
    _settle(keys, before, mine, troubles, fixed)
    troubles += [
        Trouble(entry, f"{key_name(key)} may not arrive: {why}", "Choose another key for it.", warning=True)
        for entry in mine
        for key in keys[entry]
        if (why := swallowed(key)) and key not in before[entry]
    ]
    return Keymap(keys), troubles


def _read(entry: str, value: str | Sequence[str], troubles: list[Trouble]) -> tuple[str, ...] | None:
    action = BY_ID.get(entry)
    if action is None:
        near = difflib.get_close_matches(entry, BY_ID, n=1, cutoff=0.0)[0]
        troubles.append(
            Trouble(
                entry, f"there is no action {entry[:40]!r}", f"Did you mean {near!r}? See 'boatyard keys'."
            )
        )
        return None
    try:
        keys = tuple(
            dict.fromkeys(parse_key(each) for each in ([value] if isinstance(value, str) else value))
        )
    except BadKey as error:
        troubles.append(Trouble(entry, f"{entry}: {error}", "An empty list takes all keys away."))
        return None
    typed = next((key for key in keys if action.scope == "prompt" and types_a_character(key)), None)
    if typed is not None:
        hint = "Choose one such as ctrl+t."
        troubles.append(Trouble(entry, f"{entry}: {key_name(typed)} is needed to write with", hint))
        return None
    return keys


def _follow(keys: Keys, fixed: set[str]) -> None:
    """Gives an action that stands for another one in a place the keys that the other one has now, unless
    something else there has them."""
    follows = [
        action
        for action in ACTIONS
        if action.instead_of and action.id not in fixed and action.keys == BY_ID[action.instead_of].keys
    ]
    for action in follows:
        keys[action.id] = keys[action.instead_of]
    names = {action.id for action in follows}
    for pair in [pair[:2] for pair in clashes(keys)]:
        for name in names.intersection(pair):
            keys[name] = BY_ID[name].keys


def _settle(keys: Keys, before: Keys, mine: list[str], troubles: list[Trouble], fixed: set[str]) -> None:
    """Takes back, one by one, entries that want a key which is taken in the same place."""
    _follow(keys, fixed)
    while (clash := next(_clashes(keys, mine), None)) is not None:
        entry, other, key = clash
        troubles.append(
            Trouble(
                entry,
                f"{entry}: {key_name(key)} is taken by {other!r} in the same place",
                f"Choose another key, or give {other!r} another one.",
            )
        )
        mine.remove(entry)
        keys[entry] = before[entry]
        _follow(keys, fixed)


def _clashes(keys: Keys, mine: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Entry, what has its key already, and the key; of two entries of the user's, the later one gives way."""
    order = {entry: number for number, entry in enumerate(mine)}
    for one, other, key in clashes(keys):
        pair = sorted((one, other), key=lambda each: order.get(each, -1))
        if pair[1] in order:
            yield pair[1], pair[0], key


def clashes(keys: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str, str]]:
    """Every two actions that share a key in one place."""
    for place in PLACES:
        have: dict[str, list[Action]] = {}
        for action in ACTIONS:
            if action.scope in place:
                for key in keys[action.id]:
                    have.setdefault(key, []).append(action)
        for key, actions in have.items():
            for one, other in combinations(actions, 2):
                if not _meant(one, other):
                    yield one.id, other.id, key


def _meant(one: Action, other: Action) -> bool:
    return one.id == other.instead_of or other.id == one.instead_of
