#!/bin/sh
# Writes an OCI image to standard output: make_image.sh NAME [DIRECTORY [ENTRYPOINT]]
#
# Its only layer is what is in DIRECTORY; without one it is empty. For example, with a busybox that is linked statically:
#
#   mkdir -p root/bin && cp /bin/busybox root/bin/
#   make_image.sh docker.io/silica/busybox:1 root | ctr -n k8s.io images import --local -
set -eu
[ $# -ge 1 ] && [ $# -le 3 ] || {
    sed -n '2,/^set/{/^#/s/^# \{0,1\}//p;}' "$0" >&2
    exit 2
}
name=$1 directory=${2:-} entrypoint=${3:-}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/blobs/sha256"

# Keeps standard input as a blob and prints the descriptor that refers to it.
blob() {
    cat >"$work/blob"
    digest=$(sha256sum <"$work/blob" | cut -d ' ' -f 1)
    printf '"mediaType": "%s", "digest": "sha256:%s", "size": %d' "$1" "$digest" "$(stat -c %s "$work/blob")"
    mv "$work/blob" "$work/blobs/sha256/$digest"
}

layer() {
    if [ -n "$directory" ]; then
        tar -c -C "$directory" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner .
    else
        tar -c --files-from /dev/null
    fi
}

case $(uname -m) in
    x86_64) architecture=amd64 ;;
    aarch64) architecture=arm64 ;;
    *) architecture=$(uname -m) ;;
esac

oci=application/vnd.oci.image
layer=$(layer | blob $oci.layer.v1.tar)
diff_id=${layer##*sha256:}
diff_id=${diff_id%%\"*}
run=
[ -z "$entrypoint" ] || run=$(printf '"Entrypoint": ["%s"]' "$entrypoint")
config=$(printf '{"architecture": "%s", "os": "linux", "config": {%s}, "rootfs": {"type": "layers", "diff_ids": ["sha256:%s"]}}' \
    "$architecture" "$run" "$diff_id" | blob $oci.config.v1+json)
manifest=$(printf '{"schemaVersion": 2, "mediaType": "%s", "config": {%s}, "layers": [{%s}]}' \
    $oci.manifest.v1+json "$config" "$layer" | blob $oci.manifest.v1+json)
printf '{"schemaVersion": 2, "manifests": [{%s, "annotations": {"io.containerd.image.name": "%s"}}]}' \
    "$manifest" "$name" >"$work/index.json"
printf '{"imageLayoutVersion": "1.0.0"}' >"$work/oci-layout"
tar -c -C "$work" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner oci-layout index.json blobs
