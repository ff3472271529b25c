"""What a diff compares, as the engine takes it and in words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Compared:
    """The two sides of a diff."""

    base: str = ""
    """As for `core.client.Client.diff`; empty: the target branches."""
    until: int = 0
    """A checkpoint; 0: the present."""
    repo: str = ""
    """The name of the only repository that is shown; empty: all of them."""

    @property
    def usual(self) -> bool:
        """Whether it is the work against its target branches."""
        return self == Compared()

    @property
    def present(self) -> bool:
        """Whether one side is what is in the workspace now."""
        return not self.until

    @property
    def other(self) -> str:
        """The name of the workspace on the old side; empty: there is none."""
        kind, _, name = self.base.partition(":")
        return name if kind == "workspace" else ""

    def words(self, targets: str = "the target branch") -> str:
        """For people."""
        return self._what(targets) + (f", {self.repo} alone" if self.repo else "")

    def _what(self, targets: str) -> str:
        kind, _, value = self.base.partition(":")
        until = f"checkpoint {self.until}" if self.until else "now"
        match kind:
            case "turn":
                return "the last turn"
            case "uncommitted":
                return "not committed"
            case "checkpoint":
                return f"checkpoint {value} to {self.until or 'now'}"
            case "commit":
                return f"since commit {value[:12]}" if not self.until else f"{value[:12]} to {until}"
            case "workspace":
                return f"against workspace {value}"
            case _ if self.until:
                return f"brought by checkpoint {self.until}"
            case _:
                return f"against {targets}"


def of_checkpoints(since: int, until: int) -> Compared:
    """Two checkpoints; 0: the one before, or the present."""
    return Compared(f"checkpoint:{since}" if since else "", until)
