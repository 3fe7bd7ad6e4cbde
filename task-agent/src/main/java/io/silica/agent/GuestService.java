// SPDX-License-Identifier: Apache-2.0
package io.silica.agent;

import static io.silica.ttrpc.Dispatch.BLOCKING;
import static io.silica.ttrpc.Dispatch.NON_BLOCKING;

import com.google.protobuf.Duration;
import com.google.protobuf.Empty;
import io.silica.agent.container.ContainerCgroup;
import io.silica.agent.container.Containers;
import io.silica.agent.machine.MemoryInfo;
import io.silica.agent.machine.PodMachine;
import io.silica.proto.guest.AttachRequest;
import io.silica.proto.guest.AttachResponse;
import io.silica.proto.guest.HeartbeatRequest;
import io.silica.proto.guest.ListResponse;
import io.silica.proto.guest.PowerOffRequest;
import io.silica.proto.guest.PrepareRequest;
import io.silica.proto.guest.RefreshRequest;
import io.silica.proto.guest.StatisticsResponse;
import io.silica.ttrpc.CallContext;
import io.silica.ttrpc.ServiceDefinition;

/** silica.guest.v1.Guest: the machine as a whole. */
final class GuestService {
    private static final long NANOS_PER_MICRO = 1000;

    private final Attachment attachment;
    private final Operations operations;
    private final PodMachine machine;
    private final Containers containers;
    private final ContainerCgroup pod;
    private final Boot boot;
    private final PowerSwitch power;

    GuestService(
            Attachment attachment,
            Operations operations,
            PodMachine machine,
            Containers containers,
            ContainerCgroup pod,
            Boot boot,
            PowerSwitch power) {
        this.attachment = attachment;
        this.operations = operations;
        this.machine = machine;
        this.containers = containers;
        this.pod = pod;
        this.boot = boot;
        this.power = power;
    }

    ServiceDefinition definition() {
        return ServiceDefinition.named("silica.guest.v1.Guest")
                .unary("Attach", AttachRequest.parser(), this::attach, NON_BLOCKING)
                .unary(
                        "Heartbeat",
                        HeartbeatRequest.parser(),
                        attachment.then(this::heartbeat),
                        NON_BLOCKING)
                .unary("Prepare", PrepareRequest.parser(), attachment.then(this::prepare), BLOCKING)
                .unary("Refresh", RefreshRequest.parser(), attachment.then(this::refresh), BLOCKING)
                .unary("List", Empty.parser(), attachment.then(this::list), BLOCKING)
                .unary("Statistics", Empty.parser(), attachment.then(this::statistics), BLOCKING)
                .unary(
                        "PowerOff",
                        PowerOffRequest.parser(),
                        attachment.then(this::powerOff),
                        NON_BLOCKING)
                .build();
    }

    private AttachResponse attach(AttachRequest request, CallContext context) {
        attachment.attach(request, context);
        return AttachResponse.newBuilder()
                .setProtocolVersion(Attachment.PROTOCOL_VERSION)
                .setPrepared(machine.isPrepared())
                .setKernelRelease(boot.kernelRelease())
                .setImageVersion(boot.imageVersion())
                .setBootedAt(Answers.timestamp(boot.bootedAt()))
                .setUntilAgent(duration(boot.untilAgent()))
                .setUntilDial(duration(boot.untilDial()))
                .setKeptResults(Operations.MOST)
                .build();
    }

    private Empty heartbeat(HeartbeatRequest request, CallContext context) {
        operations.acknowledged(request.getAcknowledgedList());
        return Empty.getDefaultInstance();
    }

    private static Duration duration(java.time.Duration duration) {
        return Duration.newBuilder()
                .setSeconds(duration.getSeconds())
                .setNanos(duration.getNano())
                .build();
    }

    private Empty prepare(PrepareRequest request, CallContext context) {
        machine.prepare(request);
        return Empty.getDefaultInstance();
    }

    private Empty refresh(RefreshRequest request, CallContext context) {
        PodMachine.refresh(request);
        return Empty.getDefaultInstance();
    }

    private ListResponse list(Empty request, CallContext context) {
        var answer = ListResponse.newBuilder();
        containers.all().forEach(container -> answer.addContainers(Answers.container(container)));
        return answer.build();
    }

    private StatisticsResponse statistics(Empty request, CallContext context) {
        var memory = MemoryInfo.read();
        return StatisticsResponse.newBuilder()
                .setMemoryBytes(memory.total() - memory.available())
                .setMemoryAvailableBytes(memory.available())
                .setCpuNanoseconds(NANOS_PER_MICRO * pod.entry("cpu.stat", "usage_usec"))
                .setProcesses((int) pod.number("pids.current").orElse(0))
                .build();
    }

    private Empty powerOff(PowerOffRequest request, CallContext context) {
        var grace = request.getGrace();
        power.off(java.time.Duration.ofSeconds(grace.getSeconds(), grace.getNanos()));
        return Empty.getDefaultInstance();
    }
}
