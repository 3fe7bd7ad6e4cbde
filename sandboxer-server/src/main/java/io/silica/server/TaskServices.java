// SPDX-License-Identifier: Apache-2.0
package io.silica.server;

import io.silica.server.oci.OciLimits;
import io.silica.server.oci.OciSpecReader;
import io.silica.server.registry.SandboxRegistry;
import io.silica.server.stream.StdioStreams;
import io.silica.server.task.Operations;
import io.silica.server.task.TaskService;
import io.silica.ttrpc.ServerConfig;
import io.silica.ttrpc.ServiceDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** What is answered at the task address. */
final class TaskServices {
    private TaskServices() {}

    /**
     * @param operations what clients have asked for
     * @param streams of processes whose stdio is streamed
     * @param room whether a container more can be served
     */
    static ServerConfig of(
            SandboxRegistry registry,
            Operations operations,
            StdioStreams streams,
            BooleanSupplier room) {
        var oci = new OciSpecReader(OciLimits.DEFAULT);
        var tasks = new TaskService(registry, oci, operations, streams::awaiting, room);
        List<ServiceDefinition> services = new ArrayList<>(tasks.definitions());
        services.add(streams.service(room));
        return ServerConfig.of(services);
    }
}
