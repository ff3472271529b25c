"""Opening a pull request once, however often it is tried."""

from __future__ import annotations

from core.errors import ForgeError
from core.forges.errors import RateLimitedError, RefusedError
from core.forges.forge import Draft, Forge
from core.values.pull_requests import PullRequest

THERE_ALREADY = (409, 422)


async def open_once(forge: Forge, draft: Draft) -> tuple[PullRequest, bool]:
    """The open pull request from the branch; made if there is none.

    It is looked for before, so that it can be repeated after a crash, and again when the host's answer was
    lost or says that there is one.

    Returns:
        It, and whether it was made now.

    Raises:
        ForgeError: The host refuses, or does not answer.
        NotFoundError: It does not know the repository or a branch.
    """
    found = await forge.find(draft.branch, draft.base, draft.fork)
    if found is not None:
        return found, False
    try:
        return await forge.create(draft), True
    except RateLimitedError:
        raise
    except ForgeError as error:
        if isinstance(error, RefusedError) and error.status < 500 and error.status not in THERE_ALREADY:
            raise
        found = await forge.find(draft.branch, draft.base, draft.fork)
        if found is None:
            raise
        return found, True
