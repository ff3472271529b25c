"""The keys that the user's settings give to actions of the interface."""

from __future__ import annotations

from core.cli.diagnosis.finding import Finding, State
from core.errors import BoatyardError
from core.paths import Home


def keys(home: Home) -> list[Finding]:
    """What is wrong with them; nothing where the settings cannot be used at all. Blocks."""
    from tui.keys.settings import (  # only here: nothing else of it knows the table of actions
        read_keymap,
        told,
    )

    file = home.config / "config.toml"
    try:
        _, troubles = read_keymap(file)
    except BoatyardError:
        return []  # told with the settings
    return [
        Finding(
            "keys",
            State.WARNING if trouble.warning else State.PROBLEM,
            told(file, trouble),
            "The key may do something else, or nothing, in some terminals."
            if trouble.warning
            else "The interface leaves this entry out.",
            trouble.hint,
        )
        for trouble in troubles
    ]
