# shellcheck shell=bash
# Sourced, after steps.sh, by the scripts that take a program out of a Debian package without installing it. apt gets lists
# and a cache of its own, so that this machine's packages stay what they are. What can be done instead where there is no mirror
# is theirs to say, in debian_otherwise.

# debian_package STAGING SUITE PACKAGE[=VERSION]: unpacks it to STAGING/root.
debian_package() {
    local staging=$1 suite=$2 package=$3
    debian_lists "$staging" "$suite"
    step "Getting ${package%%=*} of Debian $suite"
    (cd "$staging/deb" && private_apt "$staging" download "$package") || fail "cannot download $package of Debian $suite"
    dpkg -x "$staging/deb/${package%%=*}"_*.deb "$staging/root"
}

# debian_lists STAGING SUITE: what private_apt knows from then on.
debian_lists() {
    local staging=$1 source
    source=$(debian_source "$2")
    mkdir -p "$staging"/{deb,root,apt/lists/partial,apt/cache/archives/partial}
    printf "%s\n" "$source" >"$staging/apt/sources.list"
    step "Reading the list of packages of Debian $2"
    private_apt "$staging" update || fail "cannot read the list of packages of Debian $2" \
        "Tried with this line: $source" "Is that mirror reachable?"
}

private_apt() {
    local staging=$1
    shift
    long "$staging/log" private "$staging" apt-get "$@"
}

# private STAGING PROGRAM ARGUMENT...: one of apt's programs.
private() {
    local staging=$1 program=$2
    shift 2
    "$program" -o Dir::State::Lists="$staging/apt/lists" -o Dir::Cache="$staging/apt/cache" \
        -o Dir::Etc::SourceList="$staging/apt/sources.list" -o Dir::Etc::SourceParts=/dev/null \
        -o APT::Sandbox::User=root "$@"
}

# debian_source SUITE: on the mirror that this machine uses for its own Debian release, asked of apt itself: it reads every
# format.
debian_source() {
    local codename uri release component keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
    [[ -e $keyring ]] || keyring=
    # shellcheck disable=SC2016 # these are apt's names
    while IFS='|' read -r uri release component; do
        if [[ $release == "$codename" && $component == main ]]; then
            echo "deb ${keyring:+[signed-by=$keyring] }$uri $1 main"
            return
        fi
    done < <(apt-get indextargets --format '$(REPO_URI)|$(RELEASE)|$(COMPONENT)' 'Created-By: Packages')
    fail "this machine's apt sources name no mirror for Debian '$codename' main" "Run apt-get update first${debian_otherwise:+, or $debian_otherwise}."
}
