"""What texts from outside must be before they are kept: valid Unicode, without NUL, of a bounded length."""

from __future__ import annotations

from core.errors import UsageError

TITLE_LIMIT = 500
TEXT_LIMIT = 2**20
"""Characters of a description, a prompt or a script."""


def check_text(what: str, text: str, limit: int = TEXT_LIMIT) -> str:
    """The text, if it can be kept.

    Raises:
        UsageError: It is too long, holds a NUL character or half of a surrogate pair.
    """
    if len(text) > limit:
        raise UsageError(f"{what} has {len(text)} characters, and may have {limit}", hint="Shorten it.")
    if "\0" in text:
        raise UsageError(f"{what} holds a NUL character", hint="Take it out.")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise UsageError(f"{what} is not valid Unicode: {error.reason}", hint="Send UTF-8.") from error
    return text


def checked_title(title: str) -> str:
    """A task's title on one line.

    Raises:
        UsageError: It is empty or too long.
    """
    line = " ".join(title.split())
    if not line or len(line) > TITLE_LIMIT:
        raise UsageError(
            f"a task's title has 1 to {TITLE_LIMIT} characters, this one has {len(line)}",
            hint="Put the long part into the description.",
        )
    return check_text("the title", line)


def check_prompt(prompt: str) -> str:
    """A prompt, which may be empty where there is another one to take.

    Raises:
        UsageError: It is too long or no text.
    """
    return check_text("the prompt", prompt)
