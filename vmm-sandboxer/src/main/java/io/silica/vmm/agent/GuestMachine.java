// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.agent;

import com.google.protobuf.Empty;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.silica.proto.guest.GuestContainerState;
import io.silica.proto.guest.ListResponse;
import io.silica.proto.guest.PowerOffRequest;
import io.silica.proto.guest.PrepareRequest;
import io.silica.proto.guest.StatisticsResponse;
import io.silica.sandbox.Statistics;
import io.silica.ttrpc.CallOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** The guest as a whole. Every method is a call and throws what it answers. */
public final class GuestMachine {
    private static final String SERVICE = Agent.GUEST;
    private static final CallOptions SHORT = CallOptions.timeout(Duration.ofSeconds(30));

    /** Under emulation, with interfaces to bring up. */
    private static final CallOptions LONG = CallOptions.timeout(Duration.ofMinutes(2));

    private final Agent agent;

    public GuestMachine(Agent agent) {
        this.agent = agent;
    }

    /** Makes the machine a pod's. */
    public void prepare(PrepareRequest request) {
        empty("Prepare", request, LONG);
    }

    /** The containers that it has. */
    public List<GuestContainerState> containers() {
        return call("List", Empty.getDefaultInstance(), ListResponse.parser(), SHORT)
                .getContainersList();
    }

    /** What all of it has used. */
    public Statistics statistics(Instant now) {
        var answer =
                call("Statistics", Empty.getDefaultInstance(), StatisticsResponse.parser(), SHORT);
        return new Statistics(
                now,
                Figure.of(answer.getCpuNanoseconds()),
                Figure.of(answer.getMemoryBytes()),
                0,
                0,
                Integer.toUnsignedLong(answer.getProcesses()),
                0);
    }

    /** Asks it to power off, and returns when it has begun to. */
    public void powerOff(Duration grace, Duration patience) {
        empty(
                "PowerOff",
                PowerOffRequest.newBuilder()
                        .setGrace(
                                com.google.protobuf.Duration.newBuilder()
                                        .setSeconds(grace.getSeconds())
                                        .setNanos(grace.getNano()))
                        .build(),
                CallOptions.timeout(patience));
    }

    private void empty(String method, MessageLite request, CallOptions options) {
        var _ = call(method, request, Empty.parser(), options);
    }

    private <R extends MessageLite> R call(
            String method, MessageLite request, Parser<R> responses, CallOptions options) {
        return agent.call(SERVICE, method, request, responses, options);
    }
}
