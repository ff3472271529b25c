# Brings a snapshot back, after work_index.sh:
# boatyard-restore GIT_DIR WORKTREE BASE MODE TARGET HEAD BRANCH EXPECTED TOKEN
# MODE `check` only says whether it can be done; `restore` does it. EXPECTED is the snapshot of what is there
# now; anything else ends with 75 and changes nothing, unless this restoration (TOKEN) had begun already, or was
# through when whoever asked for it was killed: then TARGET is there.
# Standard input: as for work_index.sh, and `+` before folders to make, `-` before those that go if they are
# empty. Ignored files, and those that are left out, stay as they are; an ignored one that is in the way has
# been kept in EXPECTED.
mode=$4 target=$5 new_head=$6 branch=$7 expected=$8 token=$9
target=$(tree_to_restore "$target")
keep_what_is_in_the_way "$target"
now=$(mine write-tree)
marker=$own/restoring
if [ "$now" != "$(quiet rev-parse --verify "$expected^{tree}")" ] && [ "$now" != "$target" ]; then
	[ "$mode" = restore ] && [ "$(cat "$marker" 2>/dev/null || :)" = "$token" ] || exit 75
fi
if [ "$mode" = check ]; then
	mine read-tree -n -m -u "$now" "$target"
	exit 0
fi
printf '%s' "$token" >"$marker"
mine read-tree -m -u "$now" "$target"

# No link on the way is followed, for a folder's name is only as good as who wrote it down.
xargs -0 sh -c '
	for entry; do
		case $entry in [+-]*) ;; *) continue ;; esac
		path=${entry#?} way= rest=${entry#?}/
		case /$path/ in */../* | */./* | *//* | */.git/*) continue ;; esac
		while [ -n "$rest" ]; do
			way=$way${rest%%/*} rest=${rest#*/}
			[ ! -L "./$way" ] || continue 2
			case $entry in +*) [ -e "./$way" ] || mkdir "./$way" || : ;; esac
			[ -z "$rest" ] || way=$way/
		done
		case $entry in -*) rmdir -p "./$path" 2>/dev/null || : ;; esac
	done' sh <"$work/told"

# The agent's index gets the head, with what is known of unchanged files: they need not be read again.
cp -p "$index" "$work/agent"
GIT_INDEX_FILE=$work/agent
export GIT_INDEX_FILE
quiet read-tree -m "$new_head"
# What a submodule that is not checked out is at stands nowhere else.
[ -z "$(links "$index")" ] || absent_links "$index" 160000 | quiet update-index -z --replace --index-info
unset GIT_INDEX_FILE
mv -f "$work/agent" "$git_dir/index"
mv -f "$index" "$own/index"
rm -f "$git_dir/index.lock" "$git_dir/HEAD.lock" "$git_dir/refs/heads/$branch.lock"

# A merge or rebase under way belonged to the state that is left behind.
for name in MERGE_HEAD MERGE_MSG MERGE_MODE AUTO_MERGE CHERRY_PICK_HEAD REVERT_HEAD REBASE_HEAD \
	rebase-merge rebase-apply sequencer; do
	rm -rf "${git_dir:?}/$name"
done
quiet symbolic-ref -m 'boatyard: restored' HEAD "refs/heads/$branch"
quiet update-ref -m 'boatyard: restored' "refs/heads/$branch" "$new_head"
# The next snapshot of the same state is this one, and no other commit.
rm -f "$git_dir/refs/boatyard/snapshot.lock"
quiet update-ref refs/boatyard/snapshot "$5"
rm -f "$marker"
