"""Claude Code's permission modes, which can be changed while it works (`set_permission_mode`)."""

from __future__ import annotations

from core.values.conversation import AgentMode

OFFERED = (
    AgentMode(id="default", name="Default", description="asks before it edits files or runs commands"),
    AgentMode(id="acceptEdits", name="Accept edits", description="edits files without asking"),
    AgentMode(id="plan", name="Plan", description="plans, and changes nothing"),
    AgentMode(id="bypassPermissions", name="Bypass permissions", description="asks for nothing"),
)
