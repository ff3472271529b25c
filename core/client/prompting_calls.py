"""The client's calls about what prompts are made from: tags, drafts, pictures, paths."""

from __future__ import annotations

from core.client.connection import Connection
from core.client.parts import part
from core.values import requests as ask
from core.values.answers import RemovedAnswer
from core.values.prompting import Image, PathMatch, Scratch, Tag
from core.values.search import SearchAnswer


class PromptingCalls:
    """A part of `core.client.Client`."""

    _http: Connection

    async def tags(self) -> tuple[Tag, ...]:
        """All tags, by name."""
        return await self._http.call("GET", "/tags", tuple[Tag, ...])

    async def tag(self, tag: str) -> Tag:
        return await self._http.call("GET", f"/tags/{part(tag)}", Tag)

    async def add_tag(self, body: ask.AddTag) -> Tag:
        return await self._http.call("POST", "/tags", Tag, body=body)

    async def update_tag(self, tag: str, body: ask.UpdateTag) -> Tag:
        return await self._http.call("PATCH", f"/tags/{part(tag)}", Tag, body=body)

    async def remove_tag(self, tag: str) -> None:
        await self._http.call("DELETE", f"/tags/{part(tag)}", RemovedAnswer)

    async def scratch(self, kind: str, owner: str) -> Scratch:
        """A draft or preference; an empty payload without a time when nothing is kept."""
        return await self._http.call("GET", f"/scratch/{part(kind)}/{part(owner)}", Scratch)

    async def put_scratch(self, kind: str, owner: str, body: ask.PutScratch) -> Scratch:
        return await self._http.call("PUT", f"/scratch/{part(kind)}/{part(owner)}", Scratch, body=body)

    async def remove_scratch(self, kind: str, owner: str) -> None:
        await self._http.call("DELETE", f"/scratch/{part(kind)}/{part(owner)}", RemovedAnswer)

    async def add_image(self, body: ask.AddImage) -> Image:
        """Takes in a picture from a file of this machine; its id goes with prompts and tasks."""
        return await self._http.call("POST", "/images", Image, body=body)

    async def image(self, image: str) -> Image:
        return await self._http.call("GET", f"/images/{part(image)}", Image)

    async def task_images(self, task: str) -> tuple[Image, ...]:
        return await self._http.call("GET", f"/tasks/{part(task)}/images", tuple[Image, ...])

    async def attach_image(self, task: str, body: ask.AttachImage) -> tuple[Image, ...]:
        """Attaches a picture to a task; gives all that it has then."""
        return await self._http.call("POST", f"/tasks/{part(task)}/images", tuple[Image, ...], body=body)

    async def detach_image(self, task: str, image: str) -> None:
        await self._http.call("DELETE", f"/tasks/{part(task)}/images/{part(image)}", RemovedAnswer)

    async def search(
        self, text: str, *, workspace: str = "", kind: str = "", limit: int = 50, cursor: str = ""
    ) -> SearchAnswer:
        """Lines of logs, prompts, answers and commands; words, `"a phrase"`, `begin*`, `-without`."""
        query: dict[str, str | int] = {"q": text, "limit": limit}
        for name, value in (("workspace", workspace), ("kind", kind), ("cursor", cursor)):
            if value:
                query[name] = value
        return await self._http.call("GET", "/search", SearchAnswer, query=query)

    async def find_paths(self, name: str, query: str, *, limit: int = 20) -> tuple[PathMatch, ...]:
        """The workspace's files that fit a few typed characters, the best first."""
        wanted: dict[str, str | int] = {"query": query, "limit": limit}
        path = f"/workspaces/{part(name)}/paths"
        return await self._http.call("GET", path, tuple[PathMatch, ...], query=wanted)
