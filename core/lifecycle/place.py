"""Where a workspace lies on disk, and how its runner sees it: all of it derived from home and name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.agents.bundled import BUNDLED_AGENTS
from core.git.clone import WorkspaceClone
from core.git.depot import Depot
from core.lifecycle.facts import RepoFacts, WorkspaceFacts, listening_ports
from core.paths import Home
from core.runners.runner import LOOPBACK, Clone, Environment


@dataclass(frozen=True)
class Place:
    """The folders of one workspace below the home's data folder."""

    home: Home
    name: str

    @property
    def root(self) -> Path:
        return self.home.workspaces / self.name

    @property
    def code(self) -> Path:
        """Holds the working trees, one folder per repo."""
        return self.root / "code"

    @property
    def journal(self) -> Path:
        return self.root / "journal"

    def copied(self, repo_name: str) -> Path:
        """What was copied into a clone from beside git; no sandbox sees it."""
        return self.root / "copied" / f"{repo_name}.json"

    @property
    def build_log(self) -> Path:
        """What the building of the workspace's image said."""
        return self.root / "build.log"

    def depot(self, repo_id: str) -> Depot:
        return Depot(self.home.depots / f"{repo_id}.git")

    def clone(self, repo_name: str) -> WorkspaceClone:
        return WorkspaceClone(
            root=self.root,
            worktree=self.code / repo_name,
            git_dir=self.root / "git" / f"{repo_name}.git",
            dot_git=self.root / "dotgit" / repo_name,
            workspace=self.name,
            repo=repo_name,
        )

    def environment(self, facts: WorkspaceFacts) -> Environment:
        """The workspace as its runner sees it."""
        return Environment(
            workspace=self.name,
            instance=self.home.instance,
            root=self.root,
            folder=self.code,
            clones=tuple(self._mounted(repo) for repo in facts.repos),
            settings=facts.settings,
            agents_folder=BUNDLED_AGENTS,
            ports=facts.ports,
            env=self._variables(facts),
        )

    def _variables(self, facts: WorkspaceFacts) -> dict[str, str]:
        """What tells every script and agent where it is; what is each repo's own comes from who starts it."""
        listen = listening_ports(facts)
        variables = {"BOATYARD_FOLDER": str(self.code), "BOATYARD_BRANCH": facts.branch}
        if len({repo.target_branch for repo in facts.repos}) == 1:
            variables["BOATYARD_TARGET_BRANCH"] = facts.repos[0].target_branch
        for wanted, port in zip(facts.ports, listen, strict=True):
            variables[f"BOATYARD_PORT_{wanted.inner}"] = str(port.inner)
            variables[f"BOATYARD_URL_{wanted.inner}"] = f"http://{LOOPBACK}:{port.outer}"
        if listen:
            variables["BOATYARD_PORT"] = str(listen[0].inner)
        return variables

    def _mounted(self, repo: RepoFacts) -> Clone:
        clone = self.clone(repo.name)
        return Clone(
            name=repo.name,
            worktree=clone.worktree,
            git_dir=clone.git_dir,
            dot_git=clone.dot_git,
            objects=self.depot(repo.repo_id).objects,
        )

    def working_directory(self, facts: WorkspaceFacts) -> str:
        """Where agents and commands start: in the clone when there is one, else in the folder of all."""
        if len(facts.repos) == 1:
            return str(self.code / facts.repos[0].name)
        return str(self.code)
