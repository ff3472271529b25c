"""What becomes of workspaces that rest: archived, pinned, closed when idle, deleted in the end."""

from __future__ import annotations

import logging
from dataclasses import replace

import msgspec
from msgspec import UNSET

from core.engine.limits import changed_settings
from core.engine.workspaces import Workspaces
from core.errors import BoatyardError, ConflictError, UsageError, error_from_document
from core.lifecycle.archiving import ARCHIVE_STEPS, Archiving
from core.lifecycle.context import Context
from core.lifecycle.facts import WorkspaceFacts, workspace_facts
from core.lifecycle.idleness import notice_of_closing
from core.lifecycle.place import Place
from core.lifecycle.trash import PURGE_STEPS, Trash
from core.store import lookup, views
from core.store import models as m
from core.values.answers import PurgeReport
from core.values.entities import Operation, Settings, Trashed, Workspace
from core.values.events import WorkspaceChanged
from core.values.requests import ArchiveWorkspace, EmptyTrash, UpdateWorkspace
from core.values.states import OperationStatus, WorkspaceState

log = logging.getLogger(__name__)

ARCHIVABLE = (WorkspaceState.OPEN, WorkspaceState.FAILED, WorkspaceState.CLOSED)


class Keeping:
    """How long workspaces stay, and where."""

    def __init__(
        self,
        context: Context,
        workspaces: Workspaces,
        archiving: Archiving,
        trash: Trash,
    ) -> None:
        self._context = context
        self._workspaces = workspaces
        self._archiving = archiving
        self._trash = trash

    async def update(self, name: str, body: UpdateWorkspace) -> Workspace:
        """Pins a workspace, sets when it closes by itself, or changes its limits, which hold at once.

        Raises:
            UsageError: A limit makes no sense; nothing was changed.
            ConflictError: The container engine refuses it; nothing was changed.
        """
        settings = await self._adapted(name, body)

        def write() -> Workspace:
            row = lookup.live_workspace(name)
            row.settings = row.settings if settings is None else msgspec.to_builtins(settings)
            if body.pinned is not UNSET:
                row.pinned = body.pinned
            if body.idle_minutes is not UNSET:
                row.idle_timeout = None if body.idle_minutes is None else round(body.idle_minutes * 60)
            row.save()
            return views.workspace(row)

        workspace = await self._context.store.write(write)
        self._context.hub.publish(WorkspaceChanged(workspace=workspace))
        return workspace

    async def _adapted(self, name: str, body: UpdateWorkspace) -> Settings | None:
        """The workspace's settings with new limits that are in force; None where none was asked for."""

        def read() -> WorkspaceFacts:
            lookup.live_workspace(name)
            return workspace_facts(name)

        facts = await self._context.store.read(read)
        settings = changed_settings(facts.settings, body)
        if settings == facts.settings:
            return None
        environment = Place(self._context.home, name).environment(replace(facts, settings=settings))
        await self._context.runners[facts.runner].adapt(environment)
        return settings

    async def archive(self, name: str, body: ArchiveWorkspace) -> Operation:
        """Runs the archive scripts, closes the workspace and hides it.

        Raises:
            ConflictError: It is archived already, or something else is under way.
        """

        def check() -> None:
            if lookup.live_workspace(name).archived:
                raise ConflictError(
                    f"the workspace {name!r} is archived already",
                    hint=f"Show it again: boatyard workspace archive {name} --undo",
                )

        await self._context.store.read(check)
        arguments: dict[str, object] = {"scripts": not body.skip_script}
        return await self._workspaces.launch(
            "archive", name, ARCHIVE_STEPS, ARCHIVABLE,
            lambda operation: self._archiving.steps(operation, scripts=not body.skip_script), arguments,
        )  # fmt: skip

    async def unarchive(self, name: str) -> Workspace:
        """Shows an archived workspace again; it stays closed.

        Raises:
            ConflictError: It is not archived.
        """

        def check() -> None:
            if not lookup.live_workspace(name).archived:
                raise ConflictError(f"the workspace {name!r} is not archived", hint="There is nothing to do.")

        await self._context.store.read(check)
        return await self._archiving.set_archived(name, False)

    async def close_idle(self, name: str, minutes: float) -> bool:
        """Closes a workspace in which nothing has happened for so long, and says so on it; whether it did."""
        operation = await self._workspaces.close(name)
        ended = await self._context.operations.wait(operation.id)
        if ended.status is not OperationStatus.DONE:
            log.warning("%s is idle and could not be closed: %s", name, ended.error)
            return False
        log.info("closed %s after %g idle minutes", name, minutes)

        def write() -> Workspace:
            notice_of_closing(name, minutes)
            return views.workspace(lookup.workspace(name))

        self._context.hub.publish(WorkspaceChanged(workspace=await self._context.store.write(write)))
        return True

    async def trash(self) -> tuple[Trashed, ...]:
        """What can be recovered, the latest first."""
        return await self._trash.contents()

    async def empty_trash(self, body: EmptyTrash) -> PurgeReport:
        """Deletes removed workspaces for good, or only says what that would be.

        Raises:
            UsageError: Neither names nor all of them were asked for.
            NotFoundError: A name is no removed workspace's; nothing was deleted.
            ConflictError: One of them is being recovered.
        """
        if bool(body.names) == body.all:
            raise UsageError("it is not clear what is to be deleted", hint="Give names, or --all.")
        there = {each.name: each for each in await self._trash.contents()}
        for name in body.names:
            if name not in there:
                await self._context.store.read(_refuse_live, name)
        chosen = [there[name] for name in (body.names or there)]
        if not body.dry_run:
            for each in chosen:
                await self.purge(each.name)
        return PurgeReport(
            workspaces=tuple(chosen), size=sum(each.size for each in chosen), deleted=not body.dry_run
        )

    async def purge_expired(self) -> None:
        """Deletes what was removed more than 30 days ago."""
        for name in await self._trash.expired():
            try:
                await self.purge(name)
                log.info("deleted %s, which was removed 30 days ago", name)
            except BoatyardError as error:
                log.warning("%s stays in the trash: %s", name, error)

    async def purge(self, name: str) -> None:
        """Deletes one removed workspace for good.

        Raises:
            BoatyardError: What went wrong.
        """
        operation = await self._workspaces.launch(
            "purge", name, PURGE_STEPS, (WorkspaceState.DELETED,), lambda _: self._trash.purge_steps(name)
        )
        ended = await self._context.operations.wait(operation.id)
        if ended.status is not OperationStatus.DONE:
            raise error_from_document(dict(ended.error or {}))


def _refuse_live(name: str) -> None:
    row: m.Workspace = lookup.workspace(name)
    raise ConflictError(
        f"the workspace {row.name!r} is not in the trash",
        hint=f"Remove it first: boatyard workspace remove {row.name}",
    )
