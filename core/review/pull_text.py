"""What a new pull request says: what was asked for, what was done, and the repository's own template."""

from __future__ import annotations

from collections.abc import Sequence

from core.git.depot import Depot

TEMPLATE_LIMIT = 64 * 1024
"""Bytes of a template that are taken."""
TITLE_LIMIT = 250
"""Characters; GitLab takes no more than 255."""


def drafted_title(title: str) -> str:
    """A task's title on one line, as long as all hosts take it."""
    line = " ".join(title.split())
    return line if len(line) <= TITLE_LIMIT else line[: TITLE_LIMIT - 1] + "…"


def drafted_body(description: str, summary: str, template: str) -> str:
    """The agent's summary, or else the description, and below it the template to be filled in."""
    return "\n\n".join(filter(None, (summary.strip() or description.strip(), template.strip())))


async def pull_template(depot: Depot, commit: str, paths: Sequence[str]) -> str:
    """The first of the files that a commit has, as text; empty: it has none.

    Args:
        depot: Has the commit.
        commit: Its id.
        paths: Where the host looks for a template, the first one first.
    """
    listed = await depot.git.run("ls-tree", "-z", commit, "--", *paths)
    found: dict[str, str] = {}
    for entry in listed.out.split(b"\0"):
        facts, _, name = entry.partition(b"\t")
        parts = facts.split(b" ")
        if len(parts) == 3 and parts[0] in (b"100644", b"100755"):
            found[name.decode("utf-8", "replace")] = parts[2].decode()
    blob = next((found[path] for path in paths if path in found), "")
    if not blob:
        return ""
    text = (await depot.git.run("cat-file", "blob", blob)).out[:TEMPLATE_LIMIT]
    return text.decode("utf-8", "replace")
