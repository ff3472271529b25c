"""What `git push --porcelain` says of each ref (git-push(1), "Output")."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

_LINE = re.compile(r"([ +\-*!=])\t([^\t]*):([^\t:]*)\t(.*)")


@dataclass(frozen=True)
class RefAnswer:
    """What became of one ref."""

    flag: str
    """` ` moved forward, `+` moved by force, `*` new, `=` there already, `-` deleted, `!` refused."""
    ref: str
    """Full name at the remote."""
    words: str
    """git's summary, with the reason in parentheses where it was refused."""

    @property
    def refused(self) -> bool:
        return self.flag == "!"

    @property
    def moved_meanwhile(self) -> bool:
        """Whether the ref was not where the lease expected it, or has commits that the push has not."""
        return self.refused and any(
            words in self.words for words in ("stale info", "fetch first", "non-fast-forward", "cannot lock")
        )


def parse_push(out: bytes) -> tuple[RefAnswer, ...]:
    """The refs of a push's standard output; what else a hook wrote there is passed over."""
    matches = map(_LINE.fullmatch, os.fsdecode(out).splitlines())
    return tuple(RefAnswer(match[1], match[3], match[4]) for match in matches if match)
