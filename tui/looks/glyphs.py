"""The signs of states, in Unicode and in ASCII.

Most of the Unicode ones are of ambiguous width in East Asian settings, and a terminal that is not UTF-8
shows rubbish: then, and when asked to, the whole program uses the ASCII ones.
"""

from __future__ import annotations

import locale
import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Glyphs:
    """One sign for each thing; every one is a single cell wide."""

    todo: str = "○"
    queued: str = "◌"
    running: str = "●"
    waiting: str = "▲"
    review: str = "◆"
    unseen: str = "◈"
    done: str = "✓"
    failed: str = "✗"
    cancelled: str = "⊘"
    idle: str = "◐"
    open: str = "▾"
    folded: str = "▸"
    ahead: str = "↑"
    minus: str = "\u2212"
    dot: str = "·"
    bar: str = "│"
    mark: str = "▌"
    rule: str = "─"
    cut: str = "…"
    arrow: str = "→"
    down: str = "▼"
    left: str = "◂"
    right: str = "▸"
    bullet: str = "•"
    branch: str = "⎇"
    cross: str = "\u00d7"

    def state(self, name: str) -> str:
        """The sign of a state by its palette token, such as `running`."""
        return str(getattr(self, name))


UNICODE = Glyphs()
ASCII = Glyphs(
    todo=".", queued=":", running="*", waiting="!", review="R", unseen="N",
    done="+", failed="x", cancelled="-",
    idle="z", open="v", folded=">", ahead="^", minus="-", dot="-", bar="|", mark="|", rule="-", cut="~",
    arrow=">", down="v", left="<", right=">", bullet="*", branch="@", cross="#",
)  # fmt: skip


def choose_glyphs(setting: str | None = None) -> Glyphs:
    """`setting` (`ascii` or `unicode`), else what the terminal can be expected to show."""
    setting = setting or os.environ.get("BOATYARD_GLYPHS")
    if setting in ("ascii", "unicode"):
        return ASCII if setting == "ascii" else UNICODE
    utf8 = "utf" in locale.getpreferredencoding(False).lower()
    return UNICODE if utf8 and os.environ.get("TERM") not in ("linux", "dumb") else ASCII
