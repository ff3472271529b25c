"""Sets of keys to begin with: what differs from the keys in the table of actions."""

from __future__ import annotations

from collections.abc import Mapping

DEFAULT = "default"

PRESETS: dict[str, Mapping[str, tuple[str, ...]]] = {
    DEFAULT: {},
    "vim": {
        "undo": ("u",),
        "update": ("O",),
        "file-history": ("ctrl+o",),
        "fold-in": ("h", "left"),
        "unfold": ("l", "right"),
        "quit": ("q", "Z"),
    },
    "arrows": {
        "down": ("down",),
        "up": ("up",),
        "top": ("home",),
        "bottom": ("end",),
        "half-down": ("shift+down",),
        "half-up": ("shift+up",),
        "page-down": ("pagedown",),
        "hunk-next": ("right",),
        "hunk-previous": ("left",),
        "file-next": ("ctrl+down",),
        "file-previous": ("ctrl+up",),
        "sideways-right": ("shift+right",),
        "sideways-left": ("shift+left",),
        "column-next": ("right",),
        "column-previous": ("left",),
        "card-right": ("shift+right",),
        "card-left": ("shift+left",),
        "card-down": ("ctrl+down",),
        "card-up": ("ctrl+up",),
        "inner-next": ("ctrl+right",),
        "inner-previous": ("ctrl+left",),
        "turn-next": ("ctrl+down",),
        "turn-previous": ("ctrl+up",),
        "zoom": ("f11",),
        "unzoom": ("f12",),
        "help": ("f1", "question_mark"),
        "palette": ("f2", "colon", "ctrl+p"),
        "find": ("f3", "slash"),
        "reconnect": ("f5",),
        "undo": ("f8", "z"),
    },
}
"""`default` is the table as it is; `vim` moves undo to where fingers expect it; `arrows` needs no letter to
get about."""
