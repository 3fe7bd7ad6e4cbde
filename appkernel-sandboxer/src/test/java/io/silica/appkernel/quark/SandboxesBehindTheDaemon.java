// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.quark;

import com.google.protobuf.Empty;
import io.silica.linux.Poller;
import io.silica.proto.containerd.task.KillRequest;
import io.silica.proto.containerd.task.WaitRequest;
import io.silica.proto.containerd.task.WaitResponse;
import io.silica.ttrpc.CallOptions;
import io.silica.ttrpc.TtrpcClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Pods on Quark as somebody sees them who is not the daemon. */
public final class SandboxesBehindTheDaemon {
    private static final String SERVICE = "containerd.task.v2.Task";
    private static final CallOptions OPTIONS = CallOptions.timeout(Duration.ofSeconds(60));
    private static final int TERM = 15;

    private final Path directory;

    /**
     * @param directory where the daemon keeps its pods' files
     */
    public SandboxesBehindTheDaemon(Path directory) {
        this.directory = directory;
    }

    /** All containers of all pods. */
    public List<String> containers() {
        return QuarkPlaces.all(directory).stream()
                .flatMap(it -> it.containers().stream())
                .map(Object::toString)
                .toList();
    }

    /** Ends a container of the only pod and tells its exit code. */
    public int end(String container) {
        try (var client = TtrpcClient.connect(QuarkPlaces.all(directory).getFirst().socket())) {
            var kill = KillRequest.newBuilder().setId(container).setSignal(TERM).build();
            var _ = client.call(SERVICE, "Kill", kill, Empty.parser(), OPTIONS);
            var wait = WaitRequest.newBuilder().setId(container).build();
            return client.call(SERVICE, "Wait", wait, WaitResponse.parser(), OPTIONS)
                    .getExitStatus();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills whatever there is. */
    public void kill() {
        var poller = Poller.start("silica-test-kill");
        try {
            QuarkPlaces.all(directory)
                    .forEach(it ->
                            new PodProcesses(it.directory(), poller).kill(SandboxProcess.load(it)));
        } finally {
            poller.close();
        }
    }
}
