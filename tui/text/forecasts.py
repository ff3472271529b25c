"""Conflicts that are to be expected, in a mark and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.looks.glyphs import Glyphs
from tui.text.spans import Line, width_of

if TYPE_CHECKING:
    from core.values.conflicts import Forecast

MOST_NAMED = 3
"""Workspaces that a note names."""


def clash_mark(forecast: Forecast | None, glyphs: Glyphs, *, short: bool) -> Line:
    """With the target branch, and with whom else; `short`: with how many. Nothing when none is expected."""
    if forecast is None or not (forecast.target or forecast.others):
        return ()
    if short:
        return ((f"{glyphs.cross}{len(forecast.others) + bool(forecast.target)} ", "warning"),)
    with_target = f"{glyphs.arrow}{len(forecast.target)}" if forecast.target else ""
    first = forecast.others[0].workspace if forecast.others else ""
    more = f"+{len(forecast.others) - 1}" if len(forecast.others) > 1 else ""
    with_others = f"{first[:12]}{more}"
    words = " ".join(part for part in (with_target, with_others) if part)
    return ((f"{glyphs.cross}{words} ", "warning"),)


def clash_note(forecast: Forecast | None, targets: str, glyphs: Glyphs, room: int) -> Line:
    """With whom, by names as far as `room` cells go, else with how many; nothing when none is expected.

    Args:
        forecast: What is known.
        targets: The target branches, in words.
        glyphs: To draw with.
        room: Cells that are left for it.
    """
    if forecast is None or not (mark := clash_mark(forecast, glyphs, short=True)):
        return ()
    names = [targets] if forecast.target else []
    names += [each.workspace for each in forecast.others]
    for verb in ("conflicts with", "with"):
        for count in range(min(MOST_NAMED, len(names)), 0, -1):
            more = f" +{len(names) - count}" if len(names) > count else ""
            note: Line = ((f"{glyphs.cross} {verb} {', '.join(names[:count])}{more}", "warning"),)
            if width_of(note) <= room:
                return note
    return mark


def clash_lines(forecast: Forecast | None) -> list[str]:
    """With whom, and in which files."""
    if forecast is None:
        return []
    lines = [f"target branch: {each.path} ({each.kind})" for each in forecast.target[:20]]
    for clash in forecast.others[:20]:
        paths = ", ".join(each.path for each in clash.conflicts[:5])
        more = f" and {len(clash.conflicts) - 5} more" if len(clash.conflicts) > 5 else ""
        lines.append(f"{clash.workspace}: {paths}{more}")
    if lines and forecast.rank:
        lines.append(f"Proposed to land as number {forecast.rank}")
    return lines
