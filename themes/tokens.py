"""What every piece of text on the screen can be, and the style it gets when a theme says nothing.

`$name` is one of the theme's colours: Textual's eleven, or one of `EXTRA`, which are mixed from them.
"""

from __future__ import annotations

COLOURS = (
    "primary", "secondary", "accent", "warning", "error", "success",
    "foreground", "background", "surface", "panel", "boost",
)  # fmt: skip

EXTRA: dict[str, tuple[str, str, float]] = {
    "dim": ("foreground", "background", 0.66),
    "rule": ("foreground", "background", 0.22),
    "review": ("accent", "primary", 0.5),
    "cursor": ("primary", "background", 0.24),
    "cursor-blurred": ("foreground", "background", 0.09),
    "added-line": ("success", "background", 0.13),
    "removed-line": ("error", "background", 0.13),
    "added-word": ("success", "background", 0.30),
    "removed-word": ("error", "background", 0.30),
    "code-back": ("foreground", "background", 0.05),
}
"""Colours that a theme may set in `[variables]`, else mixed: so much of the first in the second."""

TOKENS: dict[str, dict[str, str]] = {
    "text": {
        "text": "$foreground",
        "strong": "bold $foreground",
        "dim": "$dim",
        "rule": "$rule",
        "title": "bold $foreground",
        "focus": "bold $primary",
        "key": "bold $accent",
        "accent": "$accent",
        "link": "$primary",
        "error": "$error",
        "warning": "$warning",
        "success": "$success",
        "info": "$secondary",
        "heading": "bold $primary",
        "code": "$secondary",
        "emphasis": "italic",
        "user": "bold $accent",
        "thought": "italic $dim",
        "match": "bold $background on $warning",
        "cursor": "on $cursor",
        "cursor-blurred": "on $cursor-blurred",
        "bar": "$foreground on $panel",
        "brand": "bold $primary",
    },
    "status": {
        "todo": "$foreground",
        "queued": "$secondary",
        "running": "$primary",
        "waiting": "bold $warning",
        "review": "$review",
        "unseen": "bold $review",
        "done": "$success",
        "failed": "bold $error",
        "cancelled": "$dim",
        "idle": "$dim",
        "dirty": "$warning",
    },
    "diff": {
        "added": "$success",
        "removed": "$error",
        "added-line": "on $added-line",
        "removed-line": "on $removed-line",
        "added-word": "bold on $added-word",
        "removed-word": "bold on $removed-word",
        "hunk": "$secondary",
        "gutter": "$dim",
    },
    "syntax": {
        "keyword": "$primary",
        "name": "$foreground",
        "function": "$secondary",
        "type": "$warning",
        "string": "$success",
        "number": "$accent",
        "comment": "italic $dim",
        "operator": "$dim",
        "punctuation": "$dim",
        "constant": "$accent",
        "decorator": "$review",
        "markup": "bold $primary",
    },
}
"""Table by table, the tokens that a theme file may set."""
