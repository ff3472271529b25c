"""The table of all verbs."""

from __future__ import annotations

from core.cli.verb import Verb
from core.cli.verbs import (
    agent,
    config,
    container,
    demo,
    doctor,
    engine,
    pictures,
    process,
    project,
    repo,
    run,
    status,
    tag,
    task,
    template,
    workspace,
    workspace_checkpoints,
    workspace_dev,
    workspace_keeping,
    workspace_queue,
    workspace_review,
    workspace_session,
)

VERBS: tuple[Verb, ...] = (
    *demo.VERBS,
    *run.VERBS,
    *status.VERBS,
    *doctor.VERBS,
    *engine.VERBS,
    *project.VERBS,
    *repo.VERBS,
    *task.VERBS,
    *pictures.VERBS,
    *tag.VERBS,
    *template.VERBS,
    *workspace.VERBS,
    *workspace_session.VERBS,
    *workspace_queue.VERBS,
    *workspace_dev.VERBS,
    *workspace_review.VERBS,
    *workspace_checkpoints.VERBS,
    *workspace_keeping.VERBS,
    *process.VERBS,
    *agent.VERBS,
    *container.VERBS,
    *config.VERBS,
)
