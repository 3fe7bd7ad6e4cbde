# shellcheck shell=bash
# Sourced by the scripts that run something of their own below a directory: processes by pid file, mounts by path.

# runs PID-FILE WORD: is the process of that file alive, and WORD one of its arguments? The file may be old, and its
# number somebody else's by now.
runs() {
    local pid
    pid=$(cat "$1" 2>/dev/null) || return 1
    has_argument "$pid" "$2"
}

has_argument() {
    tr '\0' '\n' 2>/dev/null <"/proc/$1/cmdline" | grep -qxF -- "$2"
}

# end PID-FILE WORD SECONDS: asks that process to end, and insists after some seconds.
end() {
    local waited
    if runs "$1" "$2"; then
        kill "$(cat "$1")" 2>/dev/null || true
        for ((waited = 0; waited < $3 * 10; waited++)); do
            runs "$1" "$2" || break
            sleep 0.1
        done
        ! runs "$1" "$2" || kill -9 "$(cat "$1")"
    fi
    rm -f "$1"
}

# unmount_below DIRECTORY: in the reverse of the order in which they were made, so that the inner ones go first.
unmount_below() {
    local target
    awk -v below="$1/" 'index($5, below) == 1 {print $5}' /proc/self/mountinfo | tac |
        while read -r target; do
            umount -l "$(printf '%b' "$target")" || note "cannot unmount $target"
        done
}

# show_end LOG: what was said last.
show_end() {
    tail -n 15 "$1" | sed 's/^/    | /' >&2
}

# pod_below DIRECTORY POD: writes DIRECTORY/pod.json, that example with its log and its cgroup named after the directory.
pod_below() {
    sed -e "s|\"/tmp/silica-example\"|\"$1/logs\"|" -e "s|\"/silica-example\(-network\)\{0,1\}\"|\"/${1##*/}\"|" "$2" >"$1/pod.json"
}

# remove_cgroups DIRECTORY: the parent of a pod's cgroup is nobody's to remove but ours; a kubelet would have made it.
remove_cgroups() {
    find /sys/fs/cgroup -mindepth 1 -maxdepth 2 -depth -type d -name "${1##*/}" -exec rmdir {} + 2>/dev/null || true
}
