"""The POSIX shell script that ties a command to its run directory, on the host and in a container.

It is passed inline, `sh -c SCRIPT boatyard RUNDIR CWD ARGV…`, so that an image needs nothing but `sh`
(dash and busybox are tested; `setsid` is used where there is one).

What looks odd and has to stay:

- The command runs in the *foreground*. A shell without job control starts background commands with SIGINT
  and SIGQUIT ignored, for good, and an agent started that way could not interrupt its own tools.
- So the shell cannot wait for a request to close standard input. A forked *holder* does: it keeps `in` open
  for reading and writing (else the command would read end-of-file whenever no writer is there), and leaves
  when a line comes through `control`. The command opens `in` for reading only, so that it then gets its
  end-of-file.
- What comes through `in` goes through `tee`, which writes it into `given` before it hands it on through
  `into`: how much of its input the command has been given can then be told by whoever comes later. All ends
  are opened here, before `tee` is forked, and the command gets a read-only one, so that no order of events
  blocks an open or keeps end-of-file away. Where there is no `tee`, the command reads `in` itself.
- `alive` is held open by this shell alone. A FIFO that somebody has open can be told from one that nobody
  has, without a process id, from outside of a container, and after a reboot.
- The run id goes into the environment of the command only, not of this shell, which must survive whoever
  ends everything that carries the id.
- `exit` and `pid` were preallocated and are overwritten in place: a full disk cannot lose an exit code.
- Should this shell itself fail, because no more processes can be started, it reports `NOT_BEGUN`.
- The redirections stand behind a subshell and not behind a command: for a command, dash would have them in
  place itself when it reports "Killed", and would write that into the command's output.
"""

from __future__ import annotations

MARKER = "boatyard"
"""The wrapper's `$0`."""

NONCE = "BOATYARD_RUN"
"""Environment variable that every descendant of the command inherits: the run directory's name."""

NOT_BEGUN = 125
"""Exit code that the wrapper reports when it could not start the command."""

SCRIPT = r"""
d=$1 w=$2; shift 2
report() { printf "%-4s%-3s\n" "$1" "$2" 1<>"$d/exit"; }
trap 'report 125 ""' EXIT
exec 3<>"$d/alive"
out_of_memory() {
  kills=
  for f in /sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control; do
    [ -r "$f" ] || continue
    while read -r key value; do [ "$key" != oom_kill ] || kills=$value; done <"$f"
  done
}
out_of_memory; before=$kills
piped=
if [ -e "$d/stdin" ]; then
  exec 7<"$d/stdin"
else
  piped=yes
  exec 4<>"$d/in" 5<>"$d/control"
  (read -r line <&5; rm -f "$d/in") 3<&- &
  if [ -p "$d/into" ] && [ -e /dev/fd/4 ] && command -v tee >/dev/null; then
    exec 6<>"$d/into" 7<"$d/into" 8>"$d/into" 9<"$d/in" 4<&- 6<&-
    tee /dev/fd/8 <&9 >>"$d/given" 3<&- 5<&- 7<&- 9<&- &
    exec 8>&- 9<&-
  else
    rm -f "$d/given"
    exec 7<"$d/in" 4<&-
  fi
fi
(export BOATYARD_RUN="${d##*/}"; exec sh -c '
  d=$1 w=$2; shift 2; unset CDPATH
  printf "%-15s %-15s\n" "$PPID" "$$" 1<>"$d/pid"
  cd -- "$w" 2>/dev/null || { printf "boatyard: cannot enter the folder %s\n" "$w" >&2; exit 126; }
  command -v -- "$1" >/dev/null || { printf "boatyard: command not found: %s\n" "$1" >&2; exit 127; }
  if command -v setsid >/dev/null; then exec setsid -- "$@"; else exec "$@"; fi
' boatyard "$d" "$w" "$@") <&7 >>"$d/out" 2>>"$d/err" 3<&- 5<&- 7<&-
code=$?
exec 7<&-
[ -z "$piped" ] || echo >&5
out_of_memory; note=
[ "$kills" = "$before" ] || note=oom
report "$code" "$note"
trap - EXIT
"""


def wrapper_argv(run_directory: str, cwd: str, argv: tuple[str, ...]) -> list[str]:
    """The command line that runs `argv` in `cwd`, tied to `run_directory`; paths as the shell sees them."""
    return ["sh", "-c", SCRIPT, MARKER, run_directory, cwd, *argv]
