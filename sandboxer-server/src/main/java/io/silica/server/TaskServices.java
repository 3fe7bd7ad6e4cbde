// SPDX-License-Identifier: Apache-2.0
package io.silica.server;

import io.silica.server.oci.OciLimits;
import io.silica.server.oci.OciSpecReader;
import io.silica.server.registry.SandboxRegistry;
import io.silica.server.task.StreamingRefusal;
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
     * @param room whether a container more can be served
     */
    static ServerConfig of(SandboxRegistry registry, BooleanSupplier room) {
        var tasks = new TaskService(registry, new OciSpecReader(OciLimits.DEFAULT), room);
        List<ServiceDefinition> services = new ArrayList<>(tasks.definitions());
        services.add(StreamingRefusal.definition());
        return ServerConfig.of(services);
    }
}
