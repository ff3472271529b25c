# The first part of what is done with a clone where its sandbox is: an index of our own that has everything
# which is there now. Arguments: GIT_DIR WORKTREE BASE. Leaves the index in $index, its files in $work, and
# HEAD, or BASE when it has no commit, in $head.
# Standard input: names with a sign before them and NUL behind them. `:` is a file and `/` a folder that is
# left out, however it came in; the signs `+` and `-` are for restore_snapshot.sh.
set -eu
git_dir=$1 worktree=$2 base=$3
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

follow_absent_submodules
code=0
mine add --all --ignore-errors -- . 2>"$work/said" || code=$?
[ "$code" -le 1 ] || { cat "$work/said" >&2; exit "$code"; }

# In a folder that it cannot open git sees nothing: there is what the last snapshot had, or whoever works here.
sed -n "s/^warning: could not open directory '\(.*\)': .*/\1/p" "$work/said" | sort -u >"$work/closed"
if [ -s "$work/closed" ]; then
	for known in "$git_dir/index" "$own/index"; do
		while IFS= read -r folder; do
			GIT_INDEX_FILE=$known GIT_LITERAL_PATHSPECS=1 quiet ls-files -s -z -- "$folder"
		done <"$work/closed"
	done >"$work/behind"
	mine update-index -z --index-info <"$work/behind"
fi

# A repository without a commit cannot be recorded as one: its files are taken like any others.
if [ "$code" = 1 ]; then
	mine ls-files -z --others --exclude-standard | xargs -0 sh -c '
		for path; do case $path in */)
			find "./$path" -name .git -prune -o \( -type f -o -type l \) -print0
		esac; done' sh >"$work/files"
	mine update-index -z --add --stdin <"$work/files" 2>>"$work/said" || :
	leave_out_ignored
fi
take_inner_repositories
[ ! -s "$work/theirs" ] || mine update-index -z --add --remove --stdin <"$work/theirs"

# What is left out is as HEAD has it, or not there.
cat >"$work/told"
told() {
	xargs -0 sh -c 'sign=$1; shift; for name; do case $name in "$sign"*) printf "%s\0" "${name#?}" ;; esac; done' \
		sh "$1" <"$work/told"
}
told : >"$work/left-out"
told / >"$work/left-out-folders"
# Names of the files that an index has in the folders which are left out.
in_folders() {
	[ ! -s "$work/left-out-folders" ] || GIT_INDEX_FILE=$1 GIT_LITERAL_PATHSPECS=1 \
		xargs -0 git ls-files -z -- <"$work/left-out-folders"
}
in_folders "$index" >>"$work/left-out"
if [ -s "$work/left-out" ]; then
	mine update-index -z --force-remove --stdin <"$work/left-out"
	GIT_LITERAL_PATHSPECS=1 xargs -0 git ls-tree -r -z --full-tree "$head" -- <"$work/left-out" >"$work/of-head"
	[ ! -s "$work/of-head" ] || mine update-index -z --index-info <"$work/of-head"
fi

# Prints the tree of a commit that is to be restored, with what is left out as it is now: tree_to_restore COMMIT
tree_to_restore() (
	quiet rev-parse --verify "$1^{commit}" >/dev/null
	GIT_INDEX_FILE=$work/coming-index
	export GIT_INDEX_FILE
	quiet read-tree "$1"
	{
		cat "$work/left-out"
		in_folders "$GIT_INDEX_FILE"
	} >"$work/stays"
	if [ -s "$work/stays" ]; then
		quiet update-index -z --force-remove --stdin <"$work/stays"
		GIT_INDEX_FILE=$index GIT_LITERAL_PATHSPECS=1 xargs -0 git ls-files -s -z -- <"$work/stays" >"$work/now"
		[ ! -s "$work/now" ] || quiet update-index -z --index-info <"$work/now"
	fi
	quiet write-tree
)

# Takes in files that are ignored now but in the way of a tree that is to come, so that they are kept:
# keep_what_is_in_the_way TREE
keep_what_is_in_the_way() {
	quiet diff-tree -r -z --name-only --no-renames --diff-filter=A "$(mine write-tree)" "$1" >"$work/coming"
	xargs -0 sh -c '
		for path; do
			if [ -d "./$path" ] && [ ! -L "./$path" ]; then
				find "./$path" -name .git -prune -o \( -type f -o -type l \) -print0
				continue
			fi
			while :; do
				if [ -L "./$path" ] || { [ -e "./$path" ] && [ ! -d "./$path" ]; }; then printf "%s\0" "./$path"; fi
				case $path in */*) path=${path%/*} ;; *) break ;; esac
			done
		done' sh <"$work/coming" >"$work/way"
	mine update-index -z --add --stdin <"$work/way"
}
