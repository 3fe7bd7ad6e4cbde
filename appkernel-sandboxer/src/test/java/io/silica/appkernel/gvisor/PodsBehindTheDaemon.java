// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import io.silica.linux.Poller;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.StringNode;

/** gVisor pods as somebody sees them who is not the daemon. */
public final class PodsBehindTheDaemon {
    private final Path directory;

    /**
     * @param directory where the daemon keeps its pods' files
     */
    public PodsBehindTheDaemon(Path directory) {
        this.directory = directory;
    }

    /** All containers of all pods. */
    public List<String> containers() {
        return PodPlaces.all(directory).stream()
                .flatMap(it -> it.containers().stream())
                .map(Object::toString)
                .toList();
    }

    /** Ends a container of the only pod and tells its exit code. */
    public int end(String container) {
        return end(container, 15);
    }

    /** The same by force. */
    int kill(String container) {
        return end(container, 9);
    }

    private int end(String container, int signal) {
        var record = SentryRecord.load(PodPlaces.all(directory).getFirst()).orElseThrow();
        var poller = Poller.start("silica-test-behind");
        try {
            var control = new ControlSocket(record.socket(), poller);
            var argument = JsonMapper.shared().createObjectNode().put("CID", container);
            control.call("Signal", argument.put("PID", 0).put("Signo", signal).put("Mode", 0));
            return GvisorProcess.code(control.await("Wait", StringNode.valueOf(container)).asInt());
        } finally {
            poller.close();
        }
    }

    /** Kills whatever there is. */
    public void kill() {
        var poller = Poller.start("silica-test-kill");
        try {
            PodPlaces.all(directory).forEach(it -> new PodProcesses(it.directory(), poller).kill());
        } finally {
            poller.close();
        }
    }
}
