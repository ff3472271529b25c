"""Ending everything that runs started inside a container.

No engine has a call for that, and killing the process that an exec started leaves its children. A script
inside finds them by the run id in their environment, then whatever lies below those, and asks, waits, and
kills until none is left. The wrapper carries no run id, and stays to write down the exit code.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.processes.wrapper import NONCE
from core.runners.docker.container import IDLE_MARKER

KILL_SECONDS = 10.0
"""How long killing is repeated."""

SURVIVORS = 10
"""The script's exit code when something would not go."""

SCRIPT = r"""
tenths=$1 alone=$2; shift 2
patterns=
for id; do patterns="$patterns -e BOATYARD_RUN=$id"; done
keep=" "
for f in $(grep -slF boatyard-idle /proc/[0-9]*/cmdline); do f=${f#/proc/}; keep="$keep${f%/*} "; done
family() {
  found=" "
  for f in $(grep -slF $patterns /proc/[0-9]*/environ); do f=${f#/proc/}; found="$found${f%/*} "; done
  lines=$(grep -sH ^PPid: /proc/[0-9]*/status)
  more=1
  while [ -n "$more" ]; do
    more=
    for word in $lines; do
      case $word in /proc/*) pid=${word#/proc/}; pid=${pid%%/*}; continue;; esac
      case $found in *" $pid "*) continue;; esac
      case $keep in *" $pid "*) continue;; esac
      case $found in *" $word "*) found="$found$pid " more=1; continue;; esac
      [ "$alone.$word" != yes.1 ] || found="$found$pid " more=1
    done
  done
  [ "$found" != " " ]
}
pause() { sleep 0.1 2>/dev/null || sleep 1; }
send() { for pid in $found; do kill -s "$1" "$pid" 2>/dev/null; done; }
family && send TERM
n=0; while [ $n -lt "$tenths" ] && family; do n=$((n + 1)); pause; done
n=0; while family; do
  [ $n -lt 100 ] || { echo "$found"; exit 10; }
  send KILL; n=$((n + 1)); pause
done
"""
# `alone`: no other run is alive, so that an orphan that scrubbed its environment can only be ours.
assert NONCE in SCRIPT and IDLE_MARKER in SCRIPT


def terminate_argv(run_ids: Sequence[str], grace_seconds: float, *, alone: bool) -> tuple[str, ...]:
    """The command that ends all that the runs started; exits `SURVIVORS` and names what would not go."""
    tenths = str(max(0, round(grace_seconds * 10)))
    return ("sh", "-c", SCRIPT, "boatyard-terminate", tenths, "yes" if alone else "no", *run_ids)
