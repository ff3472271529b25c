"""What was sent to the agents of a project, to be called up again; kept in the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import BoatyardError

if TYPE_CHECKING:
    from tui.engine.link import Link

KIND = "ui_preferences"
MOST_PROMPTS = 100
LONGEST_PROMPT = 4000
"""Characters; a longer prompt is not called up again."""


class History:
    """The prompts of each project, the oldest first."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._prompts: dict[str, list[str]] = {}

    async def of(self, project_id: str) -> list[str]:
        """The prompts of a project; none when the engine cannot be asked."""
        if project_id not in self._prompts:
            try:
                scratch = await self._link.client.scratch(KIND, _place(project_id))
            except BoatyardError:
                return []
            found = scratch.payload.get("prompts")
            texts = found if isinstance(found, list) else []
            self._prompts[project_id] = [text for text in texts if isinstance(text, str)]
        return self._prompts[project_id]

    async def add(self, project_id: str, prompt: str) -> None:
        """Remembers a prompt that was sent; that it cannot be remembered stops nobody."""
        from core.values.requests import PutScratch

        self._prompts.pop(project_id, None)  # Another terminal may have sent one meanwhile.
        prompts = [each for each in await self.of(project_id) if each != prompt]
        if len(prompt) <= LONGEST_PROMPT:
            prompts.append(prompt)
        self._prompts[project_id] = prompts[-MOST_PROMPTS:]
        body = PutScratch(payload={"prompts": self._prompts[project_id]})
        try:
            await self._link.client.put_scratch(KIND, _place(project_id), body)
        except BoatyardError:
            return


def _place(project_id: str) -> str:
    return f"prompts-{project_id}"
