"""Which image a workspace's container is made from: one that is named, or one built from the repository.

What is built comes from the commit that the workspace started from, as the depot has it: no file that a
sandbox could have changed goes into an image. An image's name says all that it was made of.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import tempfile
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from core.errors import NotFoundError, ScriptError, UsageError
from core.git.depot import Depot
from core.lifecycle.context import Context
from core.lifecycle.devcontainer import PATHS, SIZE_LIMIT, Build, DevContainer, parse_devcontainer
from core.lifecycle.facts import RepoFacts, WorkspaceFacts, workspace_facts
from core.lifecycle.place import Place
from core.lifecycle.ports import claim_ports
from core.runners.docker.build import ImageRecipe
from core.store import models as m
from core.store import views
from core.values.entities import ImageBuild, Settings, Workspace
from core.values.events import WorkspaceChanged
from core.values.states import RunnerKind

REPORT_SECONDS = 0.3
"""Between two lines of a build's log that clients are told."""


class WorkspaceImages:
    """Chooses and builds images."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def prepare(self, name: str, operation_id: str = "") -> None:
        """Settles the image of a workspace, and builds it where it has to be built and is not there.

        Raises:
            UsageError: The Dockerfile or devcontainer.json makes no sense.
            NotFoundError: No repo has the Dockerfile.
            ScriptError: The build failed.
        """
        facts = await self._context.store.read(workspace_facts, name)
        if facts.runner is not RunnerKind.DOCKER:
            return
        if facts.settings.dockerfile and facts.settings.build is None:
            facts = await self._use_dockerfile(facts)
        elif facts.settings.devcontainer and not facts.settings.image_from:
            facts = await self._use_devcontainer(facts)
        if facts.settings.build is not None:
            await self._build(facts, facts.settings.build, operation_id)
        await self._report(operation_id, detail="\n".join(self._lines(facts.settings)))

    @staticmethod
    def _lines(settings: Settings) -> list[str]:
        lines = [f"image: {settings.image_from}"] if settings.image_from else []
        return lines + [f"not taken over: {text}" for text in settings.unsupported]

    async def _use_dockerfile(self, facts: WorkspaceFacts) -> WorkspaceFacts:
        path = PurePosixPath(facts.settings.dockerfile)
        if path.is_absolute() or ".." in path.parts:
            raise UsageError(
                f"the Dockerfile {path} is not in a repository",
                hint="Give its path as seen from the repository's top, committed on the target branch.",
            )
        for repo in facts.repos:
            if await self._blob(facts, repo, str(path)) is not None:
                build = Build(str(path), "", facts.settings.build_args)
                return await self._settle(facts, repo, build, f"built from {path} of {repo.name}")
        raise NotFoundError(
            f"no repository of the workspace has the Dockerfile {path} at the commit it started from",
            hint="Commit it on the target branch; paths begin at the repository's top.",
        )

    async def _use_devcontainer(self, facts: WorkspaceFacts) -> WorkspaceFacts:
        """The first that a repo has; one that names no image leaves that as it is."""
        for repo in facts.repos:
            for path in PATHS:
                text = await self._blob(facts, repo, path)
                if text is not None:
                    folder = str(Place(self._context.home, facts.name).code / repo.name)
                    found = parse_devcontainer(text.decode("utf-8", "replace"), path, folder)
                    return await self._take_over(facts, repo, found, path)
        return facts

    async def _take_over(
        self, facts: WorkspaceFacts, repo: RepoFacts, found: DevContainer, path: str
    ) -> WorkspaceFacts:
        changes = {
            "image": found.image or facts.settings.image,
            "image_env": found.env,
            "post_create": {repo.name: found.post_create} if found.post_create else {},
            "mounts": found.mounts,
            "login": found.login,
            "unsupported": found.unsupported,
        }
        await self._context.store.write(_claim, facts.id, found.ports, self._context.home.instance)
        facts = replace(facts, settings=msgspec.structs.replace(facts.settings, **changes))
        if found.build is not None:
            return await self._settle(facts, repo, found.build, f"built as {path} of {repo.name} says")
        image = found.image or "the default"
        return await self._keep(facts, image_from=f"{image}, by {path} of {repo.name}")

    async def _settle(
        self, facts: WorkspaceFacts, repo: RepoFacts, build: Build, image_from: str
    ) -> WorkspaceFacts:
        """Writes down what is built; the name changes with everything that goes into the image."""
        tree = await self._tree(facts, repo, build.context)
        dockerfile = PurePosixPath(build.dockerfile)
        if not dockerfile.is_relative_to(build.context):
            raise UsageError(
                f"the Dockerfile {dockerfile} lies outside of its build context {build.context}",
                hint="Set the context to a folder that holds it.",
            )
        inner = str(dockerfile.relative_to(build.context))
        made_of = json.dumps([tree, inner, build.args, build.target], sort_keys=True)
        digest = hashlib.sha256(made_of.encode()).hexdigest()[:16]
        recipe = ImageBuild(repo=repo.name, tree=tree, dockerfile=inner, args=build.args, target=build.target)
        image = f"boatyard-built-{self._context.home.instance}:{digest}"
        return await self._keep(facts, image=image, build=recipe, image_from=image_from)

    async def _keep(self, facts: WorkspaceFacts, **changes: object) -> WorkspaceFacts:
        settings = msgspec.structs.replace(facts.settings, **changes)
        workspace = await self._context.store.write(_set_settings, facts.id, settings)
        self._context.hub.publish(WorkspaceChanged(workspace=workspace))
        return replace(facts, settings=settings)

    async def _build(self, facts: WorkspaceFacts, build: ImageBuild, operation_id: str) -> None:
        builder = self._context.builder
        if builder is None or await builder.has_image(facts.settings.image):
            return
        place = Place(self._context.home, facts.name)
        repo = next(repo for repo in facts.repos if repo.name == build.repo)
        await asyncio.to_thread(self._context.home.cache.mkdir, 0o700, parents=True, exist_ok=True)
        with (
            tempfile.TemporaryDirectory(dir=self._context.home.cache, prefix="build-") as folder,
            place.build_log.open("w", encoding="utf-8", errors="replace") as log,
        ):
            context = Path(folder) / "context.tar"
            await place.depot(repo.repo_id).git.run(
                "archive", "--format=tar", f"--output={context}", build.tree, seconds=600.0
            )
            recipe = ImageRecipe(facts.settings.image, context, build.dockerfile, build.args, build.target)
            teller = _Teller(lambda line: self._report(operation_id, detail=line))

            def heard(line: str) -> None:
                log.write(line + "\n")
                teller(line)

            try:
                await builder.build_image(recipe, self._context.home.instance, heard)
            except ScriptError as error:
                await teller.close()
                await self._report(operation_id, detail="\n".join(error.details.get("log", ())))
                raise
            finally:
                await teller.close()

    async def _report(self, operation_id: str, *, detail: str) -> None:
        if operation_id:
            await self._context.operations.report(operation_id, "environment", detail=detail)

    def _depot(self, facts: WorkspaceFacts, repo: RepoFacts) -> Depot:
        return Place(self._context.home, facts.name).depot(repo.repo_id)

    async def _blob(self, facts: WorkspaceFacts, repo: RepoFacts, path: str) -> bytes | None:
        """A file at the commit that the workspace started from; None when there is none."""
        git = self._depot(facts, repo).git
        name = f"{repo.base_commit}:{path}"
        kind = await git.run("cat-file", "-t", name, ok=(0, 128))
        if kind.code or kind.text != "blob":
            return None
        size = int((await git.run("cat-file", "-s", name)).text)
        if size > SIZE_LIMIT:
            raise UsageError(f"{path} has {size} bytes", hint=f"It may have {SIZE_LIMIT}.")
        return (await git.run("cat-file", "blob", name)).out

    async def _tree(self, facts: WorkspaceFacts, repo: RepoFacts, folder: str) -> str:
        git = self._depot(facts, repo).git
        name = f"{repo.base_commit}:{folder}" if folder else f"{repo.base_commit}^{{tree}}"
        found = await git.run("rev-parse", "--verify", "-q", "--end-of-options", name, ok=(0, 1, 128))
        if found.code:
            raise NotFoundError(
                f"the build context {folder} is not in {repo.name} at the commit it started from",
                hint="Correct the context in devcontainer.json, and commit.",
            )
        return found.text


class _Teller:
    """Tells the newest line now and then, never two at once."""

    def __init__(self, tell: Callable[[str], Coroutine[Any, Any, None]]) -> None:
        self._tell = tell
        self._newest = ""
        self._task: asyncio.Task[None] | None = None

    def __call__(self, line: str) -> None:
        self._newest = line
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        told = ""
        while self._newest != told:
            told = self._newest
            await self._tell(told)
            await asyncio.sleep(REPORT_SECONDS)

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])


def _set_settings(workspace_id: str, settings: Settings) -> Workspace:
    row = m.Workspace.get_by_id(workspace_id)
    row.settings = msgspec.to_builtins(settings)
    row.save()
    return views.workspace(row)


def _claim(workspace_id: str, ports: tuple[int, ...], instance: str) -> None:
    claim_ports(m.Workspace.get_by_id(workspace_id), ports, instance)
