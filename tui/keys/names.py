"""Names of keys: as people write them, as Textual has them, and which do not arrive inside tmux."""

from __future__ import annotations

import difflib
import string

PUNCTUATION = {
    "!": "exclamation_mark", '"': "quotation_mark", "#": "number_sign", "$": "dollar_sign",
    "%": "percent_sign", "&": "ampersand", "'": "apostrophe", "(": "left_parenthesis",
    ")": "right_parenthesis", "*": "asterisk", "+": "plus", ",": "comma", "-": "minus", ".": "full_stop",
    "/": "slash", ":": "colon", ";": "semicolon", "<": "less_than_sign", "=": "equals_sign",
    ">": "greater_than_sign", "?": "question_mark", "@": "at", "[": "left_square_bracket",
    "\\": "backslash", "]": "right_square_bracket", "^": "circumflex_accent", "_": "underscore",
    "`": "grave_accent", "{": "left_curly_bracket", "|": "vertical_line", "}": "right_curly_bracket",
    "~": "tilde",
}  # fmt: skip
"""What Textual calls the key that types a character."""
NAMED = (
    "escape", "enter", "tab", "space", "backspace", "delete", "insert", "home", "end", "pageup", "pagedown",
    "up", "down", "left", "right", *(f"f{number}" for number in range(1, 13)),
)  # fmt: skip
"""Keys that type nothing, and the space bar."""
ALIASES = {
    "esc": "escape", "return": "enter", "del": "delete", "ins": "insert", "pgup": "pageup",
    "pgdn": "pagedown", "page_up": "pageup", "page_down": "pagedown", "spacebar": "space", "bs": "backspace",
}  # fmt: skip
MODIFIERS = ("ctrl", "alt", "shift")
SWALLOWED = {
    "ctrl+b": "it is the prefix of tmux", "ctrl+a": "it is the usual other prefix of tmux and screen",
    "ctrl+s": "it stops the output of many terminals", "ctrl+h": "it arrives as backspace",
    "ctrl+i": "it arrives as tab", "ctrl+m": "it arrives as enter",
    "ctrl+left_square_bracket": "it arrives as escape", "shift+enter": "it arrives as enter",
    "ctrl+enter": "it arrives as enter", "alt+enter": "it arrives as enter",
    "ctrl+comma": "terminals send nothing for it", "ctrl+full_stop": "terminals send nothing for it",
    "ctrl+slash": "terminals send nothing for it, or ctrl+_",
}  # fmt: skip
"""Keys that do not arrive as themselves inside tmux with its default settings, and why."""
_ARRIVES = frozenset({"backslash", "right_square_bracket", "circumflex_accent", "underscore", "at", "space"})
"""What arrives with ctrl, letters and named keys apart."""
_SIGNS = {name: sign for sign, name in PUNCTUATION.items()}
_SHORT = {"escape": "esc", "pagedown": "pgdn", "pageup": "pgup"}


class BadKey(ValueError):
    """Is no key; the message says so, and names the nearest one."""


def key_name(key: str) -> str:
    """A key as people write it."""
    *modifiers, last = key.split("+")
    return "+".join([*modifiers, _SIGNS.get(last) or _SHORT.get(last) or last])


def parse_key(text: str) -> str:
    """The key that a person means, as Textual names it.

    Raises:
        BadKey: It names no key.
    """
    written = text.strip() or text
    if written == " ":
        return "space"
    modifiers, last = _parts(written)
    key = _last(last, bool(modifiers))
    if not key or any(each not in MODIFIERS for each in modifiers) or len(set(modifiers)) < len(modifiers):
        raise BadKey(f"{text[:40]!r} is no key{_nearest(written)}")
    if modifiers == ["shift"] and len(key) == 1:
        return key.upper()
    return "+".join([*sorted(modifiers, key=MODIFIERS.index), key])


def _parts(written: str) -> tuple[list[str], str]:
    """Modifiers and the rest; a plus sign may be what is pressed."""
    if written.endswith("+"):
        return [each for each in written[:-1].lower().split("+") if each], "+"
    *modifiers, last = written.split("+")
    return [each.lower() for each in modifiers], last


def _last(last: str, modified: bool) -> str:
    if len(last) == 1:
        return PUNCTUATION.get(last) or ((last.lower() if modified else last) if last.isalnum() else "")
    name = last.lower()
    name = ALIASES.get(name, name)
    return name if name in NAMED or name in _SIGNS else ""


def _nearest(written: str) -> str:
    head, plus, last = written.rpartition("+")
    near = difflib.get_close_matches(last.lower(), (*NAMED, *ALIASES, *_SIGNS), n=1)
    if near:
        return f"; the nearest is {head}{plus}{near[0]!s}"
    return "; write it as in n, N, ?, f5, ctrl+t, shift+up or pagedown"


def swallowed(key: str) -> str:
    """Why a key does not arrive as itself in every terminal, for people; empty when it does."""
    if key in SWALLOWED:
        return SWALLOWED[key]
    *modifiers, last = key.split("+")
    if "alt" in modifiers:
        return "inside tmux, a key with alt may arrive as another one or as two"
    letter = last in string.ascii_lowercase
    if "ctrl" in modifiers and ("shift" in modifiers if letter else last not in (*NAMED, *_ARRIVES)):
        return "most terminals send nothing for it"
    return ""


def types_a_character(key: str) -> bool:
    """Whether the key writes something where text is written."""
    return len(key) == 1 or key in _SIGNS or key == "space"
