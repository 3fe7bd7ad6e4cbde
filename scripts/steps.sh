# shellcheck shell=bash
# Sourced by the scripts of this directory: they say what they do, show that long steps are alive,
# and end with advice when they fail. Everything is said on standard error: standard output is for results.

script=${0##*/}

# step WHAT: announces the next thing that is done.
step() {
    printf '==> %s\n' "$*" >&2
}

note() {
    printf '    %s\n' "$*" >&2
}

# fail WHAT-HAPPENED [WHAT-TO-DO...]: ends the script.
fail() {
    printf '%s: %s\n' "$script" "$1" >&2
    shift
    for advice in "$@"; do
        printf '    %s\n' "$advice" >&2
    done
    exit 1
}

# usage: shows the comment at the head of the script that was called.
usage() {
    awk 'NR == 1 {next} !/^#/ {exit} {sub(/^# ?/, ""); print}' "$0" >&2
    exit 2
}

# silica_cache: where downloads and private tools are kept between runs.
silica_cache() {
    printf '%s\n' "${SILICA_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/silica}"
}

# long LOG COMMAND...: runs a command that may take minutes with its output in LOG, and tells every few
# seconds how long it has been at it and what it said last. Gives the command's exit status.
long() (
    log=$1 begun=$SECONDS said=$SECONDS status=0
    shift
    "$@" >"$log" 2>&1 </dev/null &
    command=$!
    # A background command does not hear Ctrl-C by itself.
    trap 'kill "$command" 2>/dev/null && wait "$command"' EXIT
    while kill -0 "$command" 2>/dev/null; do
        sleep 0.2
        if ((SECONDS - said >= ${SILICA_PROGRESS_SECONDS:-10})); then
            said=$SECONDS
            note "$((SECONDS - begun)) s: $(last_line "$log")"
        fi
    done
    wait "$command" || status=$?
    trap - EXIT
    if ((status != 0)); then
        note "failed after $((SECONDS - begun)) s; the end of its output:"
        tail -n 25 "$log" | sed 's/^/    | /' >&2
    fi
    exit "$status"
)

# The last line that says something, short enough for a terminal.
last_line() {
    tail -c 400 "$1" | tr '\r' '\n' | awk 'NF {line = $0} END {print line ? line : "still at it"}' | cut -c 1-110
}

# maven_errors LOG: what went wrong in a build or its tests, without Maven's advice on itself.
maven_errors() {
    grep '^\[ERROR\] *[^ ]' "$1" | grep -vE 'Help [0-9]|-rf :|full (stack trace|debug)|possible solutions|you can resume' |
        head -n 40 >&2 || true
}
