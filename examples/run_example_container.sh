#!/bin/sh
# Runs an example container in a pod of its own, prints what it prints and exits as it does:
#
#   run_example_container.sh [HANDLER [EXAMPLE]]
#
# HANDLER is a runtime handler of containerd (wasm), EXAMPLE the middle of a container-*.json beside this file: hello, or
# busybox where the handler runs ordinary images.
# It uses crictl where that is installed, else sandboxctl; both ask CONTAINER_RUNTIME_ENDPOINT, or containerd's usual
# socket. The image has to be there: ctr -n k8s.io images import --local images/EXAMPLE.tar,
# and make_image.sh says how to make that of busybox.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
handler=${1:-wasm}
pod=$here/pod.json
case $handler in
    wasm | wasmtime | endive) usual=hello ;;
    # A virtual machine cannot be on the host's network.
    vmm*) usual=busybox pod=$here/pod-network.json ;;
    *) usual=busybox ;;
esac
container=$here/container-${2:-$usual}.json
export CONTAINER_RUNTIME_ENDPOINT="${CONTAINER_RUNTIME_ENDPOINT:-unix:///run/containerd/containerd.sock}"

[ -e "$container" ] || {
    echo "run_example_container.sh: there is no example $container; there are:" "$here"/container-*.json >&2
    exit 2
}

if ! command -v crictl >/dev/null 2>&1; then
    sandboxctl=$here/../bin/sandboxctl
    [ -x "$sandboxctl" ] || sandboxctl=$here/../dist/bin/sandboxctl
    [ -x "$sandboxctl" ] || sandboxctl=sandboxctl
    exec "$sandboxctl" run --runtime "$handler" "$container" "$pod"
fi

# crictl creates no directories.
mkdir -p "$(sed -n 's/.*"log_directory": *"\([^"]*\)".*/\1/p' "$pod")"
pod_id=$(crictl runp --runtime "$handler" "$pod")
trap 'crictl stopp "$pod_id" >&2; crictl rmp "$pod_id" >&2' EXIT
container_id=$(crictl create "$pod_id" "$container" "$pod")
crictl start "$container_id" >&2
crictl logs --follow "$container_id"
exit "$(crictl inspect --output go-template --template '{{.status.exitCode}}' "$container_id")"
