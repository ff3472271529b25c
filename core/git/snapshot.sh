# Writes a snapshot of a clone: boatyard-snapshot GIT_DIR WORKTREE BASE [FOLDER…] <FILES
# Left out, however they came in: the folders, and the files whose names come on standard input, NUL-ended.
# Prints: snapshot ID, head ID, dirty 0|1, unborn 0|1, then any number of `embedded PATH` and `missing PATH`.
# Ends with 0 when the snapshot is written, even if single files could not be read (those are `missing`).
set -eu
git_dir=$1 worktree=$2 base=$3; shift 3
for name in $(env | sed -n 's/^\(GIT_[A-Z0-9_]*\)=.*/\1/p'); do unset "$name"; done
LC_ALL=C GIT_DIR=$git_dir GIT_WORK_TREE=$worktree GIT_OPTIONAL_LOCKS=0 GIT_TERMINAL_PROMPT=0
GIT_NO_REPLACE_OBJECTS=1
export LC_ALL GIT_DIR GIT_WORK_TREE GIT_OPTIONAL_LOCKS GIT_TERMINAL_PROMPT GIT_NO_REPLACE_OBJECTS
command -v git >/dev/null || { echo 'git is not installed here' >&2; exit 127; }
cd "$worktree"

# Filters count, as they do for whoever works here (Git LFS); monitors, hooks and signatures do not.
quiet() {
	git -c core.fsmonitor=false -c core.hooksPath=/dev/null -c core.splitIndex=false -c core.safecrlf=false \
		-c commit.gpgSign=false -c gc.auto=0 -c maintenance.auto=false -c advice.addEmbeddedRepo=false \
		-c core.quotePath=true "$@"
}

# The index is worked on as a copy and renamed into place, so that neither a kill nor a second snapshot at
# the same time can spoil it; it is kept between snapshots, so that unchanged files are not read again.
# The copy keeps its time: git reads files again that changed in the second in which the index was written,
# and a younger index would hide them.
own=$git_dir/boatyard
mkdir -p "$own"
find "$own" -name 'work.*' -type d -mmin +60 -prune -exec rm -rf {} +
work=$own/work.$$
rm -rf "$work"
mkdir "$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM
index=$work/index
sparse=$(quiet config --type=bool --get core.sparseCheckout || :)
if [ "$sparse" = true ] || [ ! -f "$own/index" ]; then
	[ ! -f "$git_dir/index" ] || cp -p "$git_dir/index" "$index"
else
	cp -p "$own/index" "$index"
fi
mine() { GIT_INDEX_FILE=$index quiet "$@"; }

unborn=0
head=$(quiet rev-parse --verify -q 'HEAD^{commit}') || { head=$base; unborn=1; }
[ -f "$index" ] || mine read-tree "$head"

# A file that became ignored leaves the snapshot, unless whoever works here tracks it.
ignored() { quiet ls-files -z -i -c --exclude-standard; }
leave_out_ignored() {
	GIT_INDEX_FILE=$index ignored >"$work/ours"
	cmp -s "$work/ours" "$work/theirs" || mine update-index -z --force-remove --stdin <"$work/ours"
}
: >"$work/theirs"
[ ! -f "$git_dir/index" ] || ignored >"$work/theirs" || : >"$work/theirs"
leave_out_ignored

code=0
mine add --all --ignore-errors -- . 2>"$work/said" || code=$?
[ "$code" -le 1 ] || { cat "$work/said" >&2; exit "$code"; }

# A repository without a commit cannot be recorded as one: its files are taken like any others.
if [ "$code" = 1 ]; then
	mine ls-files -z --others --exclude-standard | xargs -0 sh -c '
		for path; do case $path in */)
			find "./$path" -name .git -prune -o \( -type f -o -type l \) -print0
		esac; done' sh >"$work/files"
	mine update-index -z --add --stdin <"$work/files" 2>>"$work/said" || :
	leave_out_ignored
fi
[ ! -s "$work/theirs" ] || mine update-index -z --add --remove --stdin <"$work/theirs"

# What is left out is as HEAD has it, or not there.
cat >"$work/left-out"
for folder; do GIT_LITERAL_PATHSPECS=1 mine ls-files -z -- "$folder" >>"$work/left-out"; done
if [ -s "$work/left-out" ]; then
	mine update-index -z --force-remove --stdin <"$work/left-out"
	GIT_LITERAL_PATHSPECS=1 xargs -0 git ls-tree -r -z --full-tree "$head" -- <"$work/left-out" >"$work/of-head"
	[ ! -s "$work/of-head" ] || mine update-index -z --index-info <"$work/of-head"
fi

tree=$(mine write-tree)
snapshot=$head
dirty=0
if [ "$unborn" = 1 ] || [ "$tree" != "$(quiet rev-parse --verify "$head^{tree}")" ]; then
	dirty=1
	snapshot=
	last=$(quiet rev-parse --verify -q 'refs/boatyard/snapshot^{commit}' || :)
	if [ -n "$last" ] && [ "$(quiet rev-parse "$last^{tree}" "$last^@" | tr '\n' ' ')" = "$tree $head " ]; then snapshot=$last; fi
fi
if [ -z "$snapshot" ]; then
	snapshot=$(GIT_AUTHOR_NAME=Boatyard GIT_AUTHOR_EMAIL=boatyard@localhost GIT_COMMITTER_NAME=Boatyard \
		GIT_COMMITTER_EMAIL=boatyard@localhost quiet commit-tree "$tree" -p "$head" -m 'Snapshot')
fi

# The refs keep the commits from garbage collection here; a lock on them is a leftover of a killed snapshot.
keep() {
	quiet update-ref "$1" "$2" 2>/dev/null || { rm -f "$git_dir/$1.lock"; quiet update-ref "$1" "$2"; }
}
keep refs/boatyard/snapshot "$snapshot"
keep refs/boatyard/head "$head"
if [ "$code" = 1 ]; then
	{
		mine ls-files --others --exclude-standard | sed '/\/"*$/d'
		mine diff-files --name-only --ignore-submodules=all
	} >"$work/missing"
fi
mv -f "$index" "$own/index"

printf 'snapshot %s\nhead %s\ndirty %s\nunborn %s\n' "$snapshot" "$head" "$dirty" "$unborn"
quiet diff-tree -r --no-renames --ignore-submodules=none --diff-filter=AMT "$head" "$snapshot" |
	sed -n 's/^:[0-7]* 160000 [0-9a-f.]* [0-9a-f.]* [A-Z]*	/embedded /p' | head -n 100
[ ! -f "$work/missing" ] || sed 's/^/missing /' "$work/missing" | head -n 100
