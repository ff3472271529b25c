"""What each setting is for, in a sentence, and what those can be that are not simply any text."""

from __future__ import annotations

HELP: dict[str, str] = {
    "engine.idle_minutes": "The engine stops after so many minutes without clients and processes; 0: never.",
    "workspace.runner": "Where new workspaces run; empty: in a container when an engine answers.",
    "workspace.image": "The container image; empty: the repository's own, or Boatyard's usual one.",
    "workspace.cpus": "Processors that a container may use.",
    "workspace.memory_mb": "Memory that a container may use, in MB.",
    "workspace.processes": "Processes that a container may have at once.",
    "workspace.disk_mb": "MB that a workspace's files may take; 0: no limit.",
    "workspace.network": "What a container reaches: everything, nothing, or only allow_hosts.",
    "workspace.warm_spares": "Keep a clone of each large repository ready for the next workspace.",
    "workspace.allow_hosts": "Hosts that a container reaches where network is allow.",
    "workspace.idle_minutes": "A workspace closes after so many minutes unused; 0: never; empty: 30 in a "
    "container.",
    "merge.style": "How work lands in projects that are made from now on.",
    "merge.finishes_task": "Whether a merge marks the task done.",
    "merge.hooks": "Whether your repository's commit hooks run before something lands there.",
    "turns.resume_after_rate_limit": "Go on by itself when a provider's rate limit is over.",
    "logs.keep_days": "Days that the output of ended processes is kept; 0: for ever.",
    "logs.max_mb": "MB that all kept output may take; the oldest goes first; 0: no limit.",
    "attention.command": "Run when a workspace begins to need you; {title} and {text} are filled in.",
    "attention.seconds": "How long that command may take.",
    "mcp.offer": "Whether agents are told of `boatyard mcp` when they start.",
    "mcp.may_start_workspaces": "Whether agents that use it may start workspaces.",
    "keys.preset": "The set of keys that your own are put over.",
    "keys.map": "The key, or keys, of an action; see `boatyard keys` for their names.",
    "interface.pictures": "How pictures among the files are drawn; auto: kitty's graphics, else Sixel, else "
    "half blocks, as the terminal can.",
    "interface.mouse": "Whether clicks and wheel are the interface's; else the terminal's, to select text.",
    "interface.tmux": "Where shell and editor open inside tmux: over the interface, or in a window.",
    "pull_requests.poll_seconds": "How often an open pull request is looked at.",
    "default_agent": "The agent where none is named; empty: the only one there is.",
    "agents.kind": "How the agent is spoken to.",
    "agents.command": "Its command and arguments; {prompt} stands for the prompt where the kind has one.",
    "agents.model": "Which model it is to use; empty: as it is set up.",
    "agents.mode": "Which of its modes it begins in; empty: its own default.",
    "agents.where": "In the workspace's environment, or on this machine against the clone.",
    "agents.title": "What it is called.",
    "agents.env": "Its variables; the values are not shown, and are changed in the file.",
    "agents.install": "What to do to get it, in a sentence.",
    "agents.approve": "What it may do unasked.",
    "forges.kind": "Whose interface the host of pull requests speaks.",
    "forges.url": "Its address in a browser.",
    "forges.api": "The base of its interface; empty: where that kind has it.",
    "forges.token": "Where the token is: env:NAME, file:PATH or command:ARGV; never the token itself.",
    "forges.hosts": "Further names of it in the addresses of remotes.",
}

CHOICES: dict[str, tuple[str, ...]] = {
    "workspace.network": ("full", "none", "allow"),
    "keys.preset": ("default", "vim", "arrows"),
    "agents.kind": ("acp", "claude", "codex", "command", "terminal"),
    "agents.where": ("workspace", "host"),
    "agents.approve": ("ask", "edits", "all"),
}
