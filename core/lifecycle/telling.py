"""What clients are told of a workspace as it is now."""

from __future__ import annotations

from core.lifecycle.context import Context
from core.lifecycle.queue_records import queue_of
from core.store import lookup, views
from core.values.entities import QueuedPrompt, Workspace
from core.values.events import QueueChanged, WorkspaceChanged


async def tell_workspace(context: Context, name: str) -> Workspace:
    """Publishes a workspace."""
    workspace = await context.store.read(lambda: views.workspace(lookup.workspace(name)))
    context.hub.publish(WorkspaceChanged(workspace=workspace))
    return workspace


async def tell_queue(context: Context, name: str) -> tuple[QueuedPrompt, ...]:
    """Publishes a workspace and its queue."""
    await tell_workspace(context, name)
    queue = await context.store.read(queue_of, name)
    context.hub.publish(QueueChanged(workspace=name, queue=queue))
    return queue
