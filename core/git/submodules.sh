# Repositories inside the working tree, for work_index.sh, whose variables and functions these use.

links() { GIT_INDEX_FILE=$1 quiet ls-files -s | sed -n '/^160000 /p'; }
# The same, each with NUL behind it and its path as it is.
link_entries() {
	GIT_INDEX_FILE=$1 quiet ls-files -s -z | xargs -0 sh -c '
		for entry; do case $entry in "160000 "*" 0	"*) printf "%s\0" "$entry" ;; esac; done' sh
}

# Submodules of an index that are not checked out, as lines for `update-index --index-info`:
# absent_links INDEX MODE, where MODE 0 takes them out.
absent_links() {
	link_entries "$1" | xargs -0 sh -c '
		mode=$1; shift
		for entry; do
			path=${entry#*	} commit=${entry#160000 }
			if [ -d "./$path" ] && [ ! -L "./$path" ] && [ ! -e "./$path/.git" ]; then
				printf "%s %s\t%s\0" "$mode" "${commit%% *}" "$path"
			fi
		done' sh "$2"
}

# In the folder of a submodule that is not checked out `add` sees nothing: such a one is at the commit that the
# index of whoever works here has, if any.
follow_absent_submodules() {
	[ -f "$git_dir/index" ] || return 0
	[ "$(links "$index")" != "$(links "$git_dir/index")" ] || return 0
	{
		absent_links "$index" 0
		absent_links "$git_dir/index" 160000
	} >"$work/links"
	mine update-index -z --replace --index-info <"$work/links"
}

# A repository that was begun or cloned inside, and is no submodule, is files like all others, as far as it does
# not ignore them: `add` takes of it only the commit that it is at, which leads nowhere without it. One that is
# only another worktree of this clone is left out, as all its other branches are.
take_inner_repositories() {
	[ -n "$(links "$index")" ] || return 0
	link_entries "$index" | xargs -0 sh -c '
		base=$1; shift
		for entry; do
			path=${entry#*	}
			[ -e "./$path/.git" ] || continue
			git config -f .gitmodules --fixed-value --get-regexp "^submodule\..*\.path$" "$path" >/dev/null 2>&1 &&
				continue
			case $(GIT_LITERAL_PATHSPECS=1 git ls-tree "$base" -- "$path") in 160000*) continue ;; esac
			printf "%s\0" "$path"
		done' sh "$base" >"$work/inner"
	[ -s "$work/inner" ] || return 0
	mine update-index -z --force-remove --stdin <"$work/inner"
	xargs -0 sh -c '
		own=$GIT_DIR
		unset GIT_DIR GIT_WORK_TREE
		for path; do
			(
				cd "./$path"
				[ ! "$(git rev-parse --git-common-dir 2>/dev/null)" -ef "$own" ] || exit 0
				git -c core.fsmonitor=false -c core.hooksPath=/dev/null ls-files -z -c -o --exclude-standard ||
					find . -name .git -prune -o \( -type f -o -type l \) -print0
			) | xargs -0 sh -c "top=\$1; shift; for name; do printf \"%s/%s\\0\" \"\$top\" \"\${name#./}\"; done" sh "$path"
		done' sh <"$work/inner" >"$work/inner-files"
	mine update-index -z --add --remove --stdin <"$work/inner-files" 2>>"$work/said" || :
	leave_out_ignored
}
