"""How pull requests and their checks are shown, wherever they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.values.entities import Workspace
from core.values.pull_requests import CheckStatus, PullLink, PullStatus
from tui.text.spans import Line, Span

if TYPE_CHECKING:
    from tui.looks.glyphs import Glyphs

CHECK: dict[CheckStatus, str] = {
    CheckStatus.PASSED: "done", CheckStatus.FAILED: "failed",
    CheckStatus.PENDING: "running", CheckStatus.SKIPPED: "cancelled",
}  # fmt: skip
"""The glyph's name, which is also the token."""


def pull_sign(link: PullLink) -> tuple[str, str]:
    """Its state: the token, and the word."""
    if link.status is PullStatus.MERGED:
        return "done", "merged"
    if link.status is PullStatus.CLOSED:
        return "cancelled", "closed"
    return ("failed" if link.state.failed else "review"), ("draft" if link.state.draft else "open")


def pull_mark(workspace: Workspace, glyphs: Glyphs) -> list[Span]:
    """The workspace's pull requests in a row of the tree, such as `#12 open`: with a cross if checks fail,
    and a question mark if the host could not be asked of late. Those of one state are said in one, and
    more than two are counted, as the row is narrow and its name matters more."""
    alike: dict[tuple[str, str], list[PullLink]] = {}
    for link, (token, word) in _signed(workspace):
        told = f"{word}{_cross(link, glyphs)}{'?' if link.state.trouble else ''}"
        alike.setdefault((told, token), []).append(link)
    return [
        (f"{' '.join(f'#{link.number}' for link in links) if len(links) < 3 else len(links)} {told} ", token)
        for (told, token), links in alike.items()
    ]


def pull_facts(workspace: Workspace, glyphs: Glyphs) -> list[tuple[str, Line]]:
    """The workspace's pull requests with their checks, a label and a line each; why one could not be asked
    for of late is a line of its own."""
    facts: list[tuple[str, Line]] = []
    for link, (token, word) in _signed(workspace):
        facts.append(("pull", ((f"#{link.number} {word}", token), *pull_counts(link, glyphs))))
        if link.state.trouble:
            facts.append(("", ((link.state.trouble, "warning"),)))
    return facts


def pull_counts(link: PullLink, glyphs: Glyphs) -> list[Span]:
    """How many checks have failed or are under way, and how many comments there are, as last looked at."""
    state = link.state
    spans: list[Span] = [(f"  {glyphs.failed}{state.failed}", "failed")] if state.failed else []
    spans += [(f"  {glyphs.running}{state.pending}", "running")] if state.pending else []
    said = f"  {state.comments} comment{'s' * (state.comments != 1)}"
    return spans + ([(said, "dim")] if state.comments else [])


def _cross(link: PullLink, glyphs: Glyphs) -> str:
    return glyphs.failed if pull_sign(link)[0] == "failed" else ""


def _signed(workspace: Workspace) -> list[tuple[PullLink, tuple[str, str]]]:
    return [(link, pull_sign(link)) for link in workspace.pull_requests]
