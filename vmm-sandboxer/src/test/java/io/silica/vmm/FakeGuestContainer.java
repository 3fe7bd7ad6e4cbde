// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import io.silica.proto.guest.GuestContainer;
import io.silica.proto.guest.GuestContainerState;
import io.silica.ttrpc.StatusCode;
import io.silica.ttrpc.TtrpcException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A container of a {@link FakeGuest}. */
final class FakeGuestContainer {
    private final GuestContainer made;
    private final Map<String, FakeGuestProcess> processes = new ConcurrentHashMap<>();

    FakeGuestContainer(GuestContainer made) {
        this.made = made;
        var spec = JsonMapper.shared().readTree(made.getSpec().toByteArray());
        processes.put("", new FakeGuestProcess(args(spec.path("process"))));
    }

    static List<String> args(JsonNode process) {
        return StreamSupport.stream(process.path("args").spliterator(), false)
                .map(JsonNode::asString)
                .toList();
    }

    /** As it was asked for. */
    GuestContainer made() {
        return made;
    }

    void add(String exec, List<String> args) {
        if (processes.putIfAbsent(exec, new FakeGuestProcess(args)) != null) {
            throw new TtrpcException(StatusCode.ALREADY_EXISTS, "process " + exec);
        }
    }

    FakeGuestProcess process(String exec) {
        var process = processes.get(exec);
        if (process == null) {
            throw new TtrpcException(StatusCode.NOT_FOUND, "no process " + exec);
        }
        return process;
    }

    void remove(String exec) {
        processes.remove(exec);
    }

    GuestContainerState state(String id) {
        var state = GuestContainerState.newBuilder().setId(id);
        processes.forEach((exec, process) -> state.addProcesses(process.state(exec)));
        return state.build();
    }

    void signal(int signal) {
        processes.values().forEach(it -> it.signal(signal));
    }

    void kill() {
        processes.values().forEach(it -> it.end(137));
    }
}
