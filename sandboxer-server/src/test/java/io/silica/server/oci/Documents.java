// SPDX-License-Identifier: Apache-2.0
package io.silica.server.oci;

import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Documents as containerd writes them, and variants of them that differ in one place. */
final class Documents {
    private static final JsonMapper JSON = JsonMapper.shared();

    private static final String CONFIG =
            """
            {
              "ociVersion": "1.2.1",
              "process": {
                "user": {"uid": 1000, "gid": 1001, "additionalGids": [10, 20]},
                "args": ["/app.wasm", "one"],
                "env": ["PATH=/bin", "EMPTY="],
                "cwd": "/work",
                "capabilities": {"bounding": ["CAP_CHOWN"]},
                "rlimits": [{"type": "RLIMIT_NOFILE", "hard": 18446744073709551615, "soft": 1024}],
                "noNewPrivileges": true
              },
              "root": {"path": "rootfs", "readonly": true},
              "mounts": [
                {"destination": "/proc", "type": "proc", "source": "proc", "options": ["nosuid"]},
                {"destination": "/dev/shm", "type": "tmpfs", "source": "shm", "options": ["nosuid"]},
                {"destination": "/data", "type": "bind", "source": "/var/lib/data", "options": ["rbind", "ro"]}
              ],
              "annotations": {"io.kubernetes.cri.container-type": "container"},
              "linux": {
                "resources": {
                  "memory": {"limit": 268435456},
                  "cpu": {"shares": 512, "quota": 50000, "period": 100000, "cpus": "0-1,3"}
                },
                "cgroupsPath": "/kubepods/pod1/c1",
                "namespaces": [
                  {"type": "pid"},
                  {"type": "ipc", "path": "/proc/0/ns/ipc"},
                  {"type": "uts", "path": "/proc/0/ns/uts"},
                  {"type": "mount"},
                  {"type": "network", "path": "/proc/0/ns/net"}
                ],
                "seccomp": {"defaultAction": "SCMP_ACT_ERRNO"}
              }
            }
            """;

    private Documents() {}

    static ObjectNode config() {
        return JSON.readTree(CONFIG).asObject();
    }

    static JsonNode json(String text) {
        return JSON.readTree(text);
    }

    static byte[] bytes(JsonNode document) {
        return bytes(document.toString());
    }

    static byte[] bytes(String document) {
        return document.getBytes(StandardCharsets.UTF_8);
    }

    /** The usual document with the value at a JSON pointer replaced; no value removes it. */
    static byte[] configWith(String pointer, String value) {
        ObjectNode config = config();
        int last = pointer.lastIndexOf('/');
        JsonNode parent = config.at(pointer.substring(0, last));
        String name = pointer.substring(last + 1);
        if (parent.isArray()) {
            parent.asArray().set(Integer.parseInt(name), json(value));
        } else if (value.isEmpty()) {
            parent.asObject().remove(name);
        } else {
            parent.asObject().set(name, json(value));
        }
        return bytes(config);
    }
}
