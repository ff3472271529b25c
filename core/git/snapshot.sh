# The rest of a snapshot, after work_index.sh: boatyard-snapshot GIT_DIR WORKTREE BASE FOLDERS COMING
# Prints: snapshot ID, head ID, dirty 0|1, unborn 0|1, then any number of `embedded PATH` and `missing PATH`;
# with FOLDERS 1 also `folders HEX` and `ignored HEX`: folders without a file, of which some are ignored.
# COMING is a commit whose files may be in the way of ignored ones, or empty.
# Ends with 0 when the snapshot is written, even if single files could not be read (those are `missing`).
folders=${4-0} coming=${5-}
if [ -n "$coming" ]; then
	coming=$(tree_to_restore "$coming")
	keep_what_is_in_the_way "$coming"
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
{
	cat "$work/closed"
	if [ "$code" = 1 ]; then
		mine ls-files --others --exclude-standard | sed '/\/"*$/d'
		mine diff-files --name-only --diff-filter=d --ignore-submodules=all
	fi
} >"$work/missing"
# What is left of untracked folders has no file that a commit could hold. Those that only hold ignored
# folders count too, so the ignored ones among them are named apart.
if [ "$folders" = 1 ]; then
	mine ls-files -z --others --directory --exclude-standard | xargs -0 sh -c '
		for path; do case $path in */)
			find "./${path%/}" -name .git -prune -o -type d -print0
		esac; done' sh | head -c 262144 >"$work/folders"
	[ ! -s "$work/folders" ] || mine check-ignore -z --stdin <"$work/folders" >"$work/ignored-folders" || :
fi
mv -f "$index" "$own/index"

hexadecimal() { od -An -v -tx1 "$1" | tr -d ' \n'; }
printf 'snapshot %s\nhead %s\ndirty %s\nunborn %s\n' "$snapshot" "$head" "$dirty" "$unborn"
quiet diff-tree -r --no-renames --ignore-submodules=none --diff-filter=AMT "$head" "$snapshot" |
	sed -n 's/^:[0-7]* 160000 [0-9a-f.]* [0-9a-f.]* [A-Z]*	/embedded /p' | head -n 100
sed 's/^/missing /' "$work/missing" | head -n 100
if [ -s "$work/folders" ]; then
	printf 'folders %s\nignored %s\n' "$(hexadecimal "$work/folders")" "$(hexadecimal "$work/ignored-folders")"
fi
