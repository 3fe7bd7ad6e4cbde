#!/bin/sh
# Runs an example Wasm container in a pod of its own: run_example_wasm_container.sh [EXAMPLE]
exec "$(dirname "$0")/run_example_container.sh" wasm "$@"
