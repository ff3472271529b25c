"""The client's calls about agents."""

from __future__ import annotations

from core.client.connection import Connection
from core.client.parts import part
from core.values import requests as ask
from core.values.answers import RemovedAnswer, ShellAnswer, TypedAnswer
from core.values.conversation import AgentCommand, AgentModes, Screen
from core.values.entities import AgentInfo, AgentTrial


class AgentCalls:
    """A part of `core.client.Client`."""

    _http: Connection

    async def agents(self, workspace: str = "") -> tuple[AgentInfo, ...]:
        """All agents, and whether they can be used: in the workspace, else on this machine."""
        query = {"workspace": workspace} if workspace else None
        return await self._http.call("GET", "/agents", tuple[AgentInfo, ...], query=query, patient=True)

    async def add_agent(self, body: ask.AddAgent) -> AgentInfo:
        return await self._http.call("POST", "/agents", AgentInfo, body=body)

    async def remove_agent(self, agent: str) -> None:
        await self._http.call("DELETE", f"/agents/{part(agent)}", RemovedAnswer)

    async def test_agent(self, agent: str, body: ask.TestAgent) -> AgentTrial:
        """Lets an agent answer one line; takes as long as that does."""
        path = f"/agents/{part(agent)}/test"
        return await self._http.call("POST", path, AgentTrial, body=body, patient=True)

    async def screen(self, workspace: str) -> Screen:
        """What the screen of the workspace's agent shows."""
        return await self._http.call("GET", f"/workspaces/{part(workspace)}/screen", Screen)

    async def type_text(self, workspace: str, body: ask.TypeText) -> None:
        """Types on the screen of the workspace's agent."""
        await self._http.call("POST", f"/workspaces/{part(workspace)}/screen", TypedAnswer, body=body)

    async def attach_argv(self, workspace: str) -> tuple[str, ...]:
        """The argument list that the caller runs on its own terminal; ctrl+] leaves the screen."""
        answer = await self._http.call("POST", f"/workspaces/{part(workspace)}/attach", ShellAnswer)
        return answer.argv

    async def commands(self, workspace: str) -> tuple[AgentCommand, ...]:
        """The commands of its own that the agent of the latest session offers."""
        path = f"/workspaces/{part(workspace)}/commands"
        return await self._http.call("GET", path, tuple[AgentCommand, ...])

    async def modes(self, workspace: str) -> AgentModes:
        """The modes that the agent of the latest session can work in."""
        return await self._http.call("GET", f"/workspaces/{part(workspace)}/modes", AgentModes)

    async def set_mode(self, workspace: str, mode: str) -> AgentModes:
        """Has the agent work in another mode, at once if a turn runs."""
        body = ask.SetMode(mode=mode)
        return await self._http.call("POST", f"/workspaces/{part(workspace)}/mode", AgentModes, body=body)
