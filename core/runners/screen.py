"""Screens: full-screen programs that live in a private tmux server, outside of every terminal.

The server runs on the host, for any environment: its pane runs what a terminal's shell would run, on the
host itself or through the container engine's own command. So an image needs no tmux, there is one way to
look at a screen and to attach to it, and the server has the process's run directory for its own. What the
pane writes is the process's output, the program's exit code is its exit code, and the run goes on without
an engine like any other.
"""

from __future__ import annotations

import asyncio
import re
import shutil
from pathlib import Path

from core.errors import BoatyardError, ConflictError, NotFoundError
from core.processes.run_directory import RunDirectory
from core.runners.host import HostRunner
from core.runners.runner import Environment, Runner
from core.runners.secrets import Secrets

SESSION = "boatyard"
SOCKET = "./tmux"
"""Relative: an absolute path may be longer than a socket's may be (unix(7): 108 bytes)."""
TMUX_SECONDS = 10.0
LINE_LIMIT = 2000
TYPED_LIMIT = 256 * 1024
_ESCAPES = re.compile(
    r"\x1b\[([0-9;:]*)m"  # the only one that stays
    r"|\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)?|[\x00-\x08\x0b-\x1f\x7f-\x9f]"
)

SCRIPT = r"""
d=$1 p=$2; shift 2
cd -- "$d" || exit 126
command -v tmux >/dev/null || { echo "tmux is not installed on this machine" >&2; exit 127; }
unset TMUX
export BOATYARD_SCREEN="$d"
mkfifo -m 600 pane go || exit 126
cat >tmux.conf <<'END'
set -g default-terminal screen-256color
set -g prefix None
unbind -a -T prefix
unbind -a -T root
bind -n C-] detach-client
set -g status off
set -g window-size latest
set -g history-limit 2000
set -g allow-rename off
set -g set-titles off
set -s set-clipboard off
set -s escape-time 0
set -g assume-paste-time 0
END
t() { tmux -S ./tmux "$@"; }
t -f ./tmux.conf new-session -d -s boatyard -x 120 -y 40 -- \
  sh -c 'cd -- "$BOATYARD_SCREEN"; read -r _ <go; "$@"; echo $? >ended.part; mv ended.part ended' \
  boatyard "$@" || exit 126
t pipe-pane -t boatyard 'exec cat >"$BOATYARD_SCREEN/pane"'
echo >go
if [ -s "$p" ]; then
  (
    n=0 was=
    while [ $n -lt 40 ]; do
      sleep 0.5; n=$((n + 1))
      now=$(t capture-pane -p -t boatyard) || exit 0
      [ -z "$(printf %s "$now" | tr -d ' \n')" ] || [ "$now" != "$was" ] || break
      was=$now
    done
    t load-buffer -b prompt "$p" && t paste-buffer -p -d -b prompt -t boatyard && sleep 0.3 \
      && t send-keys -t boatyard Enter
  ) </dev/null >/dev/null 2>&1 &
fi
cat pane
n=0
while [ ! -e ended ] && [ $n -lt 20 ]; do sleep 0.1; n=$((n + 1)); done
[ -e ended ] || exit 129
exit "$(cat ended)"
"""
"""`sh -c SCRIPT boatyard RUN-DIRECTORY PROMPT-FILE ARGV…`; an empty PROMPT-FILE is not typed.

The pane waits until its output is kept; the prompt is typed when the screen has stood still for a moment.
"""

_ATTACH = 'unset TMUX; cd -- "$1" && exec tmux -S ./tmux attach-session -t boatyard'
_WITH_VARIABLES = '. "$1"; shift; exec "$@"'


class ScreenRunner(HostRunner):
    """The host's, for a screen whose programs may run in a container: what ends the one ends the others."""

    def __init__(self, inner: Runner, secrets: Secrets, run_folder: Path) -> None:
        super().__init__(secrets, run_folder)
        self._inner = inner

    async def terminate(self, env: Environment, run: RunDirectory, grace_seconds: float) -> None:
        await super().terminate(env, run, grace_seconds)
        if self._inner.isolates:
            await self._inner.terminate(env, run, grace_seconds)


def screen_argv(
    runner: Runner,
    env: Environment,
    run_id: str,
    cwd: str,
    argv: tuple[str, ...],
    variables: Path,
    prompt: Path,
) -> tuple[str, ...]:
    """The command, on the host, that runs `argv` in an environment on a screen of its own.

    Args:
        runner: The environment's.
        env: The environment.
        run_id: The run directory's name.
        cwd: Where the program starts.
        argv: The program.
        variables: A file of shell assignments that it gets, which a container sees under the same path.
        prompt: A file with what is typed at first.

    Raises:
        NotFoundError: There is no tmux on this machine, or no command to enter the container with.
    """
    if shutil.which("tmux") is None:
        raise NotFoundError("agents with a screen of their own need tmux", hint="Install tmux.")
    inner = ("sh", "-c", _WITH_VARIABLES, "boatyard", str(variables), *argv)
    shell = runner.shell_argv(env, inner, cwd)
    return ("sh", "-c", SCRIPT, "boatyard", str(env.runs / run_id), str(prompt), *shell)


def attach_argv(run: RunDirectory) -> tuple[str, ...]:
    """The command line for the user's own terminal."""
    return ("sh", "-c", _ATTACH, "boatyard", str(run.path))


async def capture(run: RunDirectory) -> tuple[str, ...]:
    """What the screen shows now, line by line, with colours and nothing else of what a terminal obeys.

    Raises:
        ConflictError: There is no screen any more.
    """
    text = await _tmux(run, "capture-pane", "-p", "-e", "-t", SESSION)
    return tuple(_safe(line)[:LINE_LIMIT] for line in text.split("\n"))


async def type_text(run: RunDirectory, text: str, *, enter: bool) -> None:
    """Types a text as it is, and Enter behind it.

    Raises:
        ConflictError: There is no screen any more.
    """
    if text:
        await _tmux(run, "load-buffer", "-b", "typed", "-", stdin=text.encode("utf-8", "replace"))
        await _tmux(run, "paste-buffer", "-p", "-d", "-b", "typed", "-t", SESSION)
    if enter:
        await _tmux(run, "send-keys", "-t", SESSION, "Enter")


def _safe(line: str) -> str:
    return _ESCAPES.sub(lambda found: found.group(0) if found.group(1) is not None else "", line)


async def _tmux(run: RunDirectory, *arguments: str, stdin: bytes = b"") -> str:
    pipe = asyncio.subprocess.PIPE
    try:
        process = await asyncio.create_subprocess_exec(
            "tmux", "-S", SOCKET, *arguments, cwd=run.path, stdin=pipe, stdout=pipe, stderr=pipe
        )
    except OSError as error:
        raise ConflictError(
            f"the screen cannot be reached: {error.strerror}", hint="Has it ended?"
        ) from error
    try:
        async with asyncio.timeout(TMUX_SECONDS):
            out, err = await process.communicate(stdin)
    except TimeoutError as error:
        process.kill()
        await process.wait()
        raise BoatyardError("tmux does not answer", hint="Stop the agent, and try again.") from error
    if process.returncode:
        said = err.decode("utf-8", "replace").strip()[:200]
        raise ConflictError(f"the agent's screen is gone: {said}", hint="Send it a new prompt.")
    return out.decode("utf-8", "replace").rstrip("\n")
