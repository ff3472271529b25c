"""`boatyard forecast`: which workspaces' work does not go together, and in which order to land."""

from __future__ import annotations

from core.cli.invocation import Invocation
from core.cli.verb import Verb
from core.values.conflicts import Forecast
from core.values.wording import counted


async def forecast(call: Invocation) -> None:
    async with call.engine() as client:
        found = await client.forecast(fresh=True)
    ordered = sorted(found, key=lambda each: (each.rank or len(found) + 1, each.workspace))
    rows = [(str(each.rank or "-"), each.workspace, str(each.behind), *_clashes(each)) for each in ordered]
    call.out.table(ordered, ("LAND", "WORKSPACE", "BEHIND", "TARGET", "OTHERS"), rows)


def _clashes(each: Forecast) -> tuple[str, str]:
    target = f"{counted(len(each.target), 'file')} in conflict" if each.target else "fits"
    return target, ", ".join(f"{clash.workspace} ({len(clash.conflicts)})" for clash in each.others) or "-"


VERBS = (Verb("", "forecast", "say which workspaces' work does not go together", forecast),)
