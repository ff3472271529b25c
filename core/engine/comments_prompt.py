"""Comments as one prompt for the agent."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.values.comments import ReviewComment, Side

_RUN = re.compile("`+")


def comments_prompt(comments: Sequence[ReviewComment], names: dict[str, str], message: str = "") -> str:
    """What the agent is told: each comment under its file and lines, with the code it is about."""
    several = len(names) > 1
    parts = [message.strip() or "Please address these review comments."]
    for each in comments:
        path = f"{names[each.repo_id]}/{each.path}" if several else each.path
        lines = (
            "" if not each.first else f":{each.first}" + (f"-{each.last}" if each.last > each.first else "")
        )
        side = " (removed lines)" if each.side is Side.OLD else ""
        old = " (these lines have changed since)" if each.outdated else ""
        fence = "`" * max(3, 1 + max((_ticks(line) for line in each.quote), default=0))
        code = "\n".join([f"{fence}", *each.quote, fence]) + "\n" if each.quote else ""
        parts.append(f"## {path}{lines}{side}{old}\n\n{code}{each.body}")
    return "\n\n".join(parts)


def _ticks(line: str) -> int:
    """The longest run of backticks: a fence around it has to be longer."""
    return max(map(len, _RUN.findall(line)), default=0)
