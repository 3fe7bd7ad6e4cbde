// SPDX-License-Identifier: Apache-2.0
package io.silica.server.controller;

import com.google.protobuf.Message;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.silica.proto.containerd.sandbox.ControllerCreateRequest;
import io.silica.proto.containerd.sandbox.ControllerCreateResponse;
import io.silica.proto.containerd.sandbox.ControllerGrpc;
import io.silica.proto.containerd.sandbox.ControllerMetricsRequest;
import io.silica.proto.containerd.sandbox.ControllerMetricsResponse;
import io.silica.proto.containerd.sandbox.ControllerPlatformRequest;
import io.silica.proto.containerd.sandbox.ControllerPlatformResponse;
import io.silica.proto.containerd.sandbox.ControllerShutdownRequest;
import io.silica.proto.containerd.sandbox.ControllerShutdownResponse;
import io.silica.proto.containerd.sandbox.ControllerStartRequest;
import io.silica.proto.containerd.sandbox.ControllerStartResponse;
import io.silica.proto.containerd.sandbox.ControllerStatusRequest;
import io.silica.proto.containerd.sandbox.ControllerStatusResponse;
import io.silica.proto.containerd.sandbox.ControllerStopRequest;
import io.silica.proto.containerd.sandbox.ControllerStopResponse;
import io.silica.proto.containerd.sandbox.ControllerUpdateRequest;
import io.silica.proto.containerd.sandbox.ControllerUpdateResponse;
import io.silica.proto.containerd.sandbox.ControllerWaitRequest;
import io.silica.proto.containerd.sandbox.ControllerWaitResponse;
import io.silica.proto.containerd.types.Platform;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.SandboxState;
import io.silica.server.cgroupform.CgroupMetrics;
import io.silica.server.registry.ManagedSandbox;
import io.silica.server.registry.SandboxRegistry;
import io.silica.server.status.StatusMapper;
import io.silica.server.wire.Timestamps;
import java.util.function.Supplier;

/**
 * Answers containerd about sandboxes. Calls come on virtual threads and may block; a Wait is held
 * open without one.
 */
public final class ControllerService extends ControllerGrpc.ControllerImplBase {
    /** The version of the Task API at the task address; any other makes containerd exec a shim. */
    private static final int TASK_API_VERSION = 3;

    private static final String READY = "SANDBOX_READY";
    private static final String NOT_READY = "SANDBOX_NOTREADY";

    private final SandboxRegistry registry;
    private final String taskAddress;
    private final OpenWaits waits = new OpenWaits();

    /**
     * @param registry knows the sandboxes
     * @param taskAddress where containerd finds the Task service, {@code ttrpc+unix:///…}
     */
    public ControllerService(SandboxRegistry registry, String taskAddress) {
        this.registry = registry;
        this.taskAddress = taskAddress;
    }

    @Override
    public void create(
            ControllerCreateRequest request, StreamObserver<ControllerCreateResponse> observer) {
        answer(
                observer,
                () -> {
                    registry.create(SandboxSpecReader.read(request));
                    return ControllerCreateResponse.newBuilder()
                            .setSandboxId(request.getSandboxId())
                            .build();
                });
    }

    @Override
    public void start(
            ControllerStartRequest request, StreamObserver<ControllerStartResponse> observer) {
        answer(observer, () -> started(registry.start(new SandboxId(request.getSandboxId()))));
    }

    @Override
    public void platform(
            ControllerPlatformRequest request,
            StreamObserver<ControllerPlatformResponse> observer) {
        answer(observer, () -> platform(registry.platform()));
    }

    @Override
    public void status(
            ControllerStatusRequest request, StreamObserver<ControllerStatusResponse> observer) {
        answer(observer, () -> status(sandbox(request.getSandboxId())));
    }

    @Override
    public void wait(
            ControllerWaitRequest request, StreamObserver<ControllerWaitResponse> observer) {
        try {
            waits.hold(
                    sandbox(request.getSandboxId()).exit(),
                    (ServerCallStreamObserver<ControllerWaitResponse>) observer,
                    ControllerService::waited);
        } catch (RuntimeException e) {
            fail(observer, e);
        }
    }

    @Override
    public void stop(
            ControllerStopRequest request, StreamObserver<ControllerStopResponse> observer) {
        answer(
                observer,
                () -> {
                    registry.stop(new SandboxId(request.getSandboxId()));
                    return ControllerStopResponse.getDefaultInstance();
                });
    }

    @Override
    public void shutdown(
            ControllerShutdownRequest request,
            StreamObserver<ControllerShutdownResponse> observer) {
        answer(
                observer,
                () -> {
                    registry.shutdown(new SandboxId(request.getSandboxId()));
                    return ControllerShutdownResponse.getDefaultInstance();
                });
    }

    @Override
    public void metrics(
            ControllerMetricsRequest request, StreamObserver<ControllerMetricsResponse> observer) {
        answer(observer, () -> metrics(sandbox(request.getSandboxId())));
    }

    @Override
    public void update(
            ControllerUpdateRequest request, StreamObserver<ControllerUpdateResponse> observer) {
        answer(
                observer,
                () -> {
                    ManagedSandbox sandbox = sandbox(request.getSandboxId());
                    if (UpdatedResources.areIn(request)) {
                        registry.update(
                                sandbox.id(), present -> UpdatedResources.read(request, present));
                    }
                    return ControllerUpdateResponse.getDefaultInstance();
                });
    }

    /** Tells who waits for the end of a sandbox that only the daemon ends. */
    void endWaits() {
        waits.end();
    }

    private ManagedSandbox sandbox(String id) {
        return registry.claim(new SandboxId(id));
    }

    /** containerd 2.3 replaces its labels of the sandbox by these: they go back as they came. */
    private ControllerStartResponse started(ManagedSandbox sandbox) {
        return ControllerStartResponse.newBuilder()
                .setSandboxId(sandbox.id().value())
                .setPid(pid(sandbox.state()))
                .setCreatedAt(Timestamps.of(sandbox.createdAt()))
                .putAllLabels(sandbox.spec().labels())
                .setAddress(taskAddress)
                .setVersion(TASK_API_VERSION)
                .build();
    }

    /** containerd keeps neither id, pid nor address over its restart: it takes them from here. */
    private ControllerStatusResponse status(ManagedSandbox sandbox) {
        SandboxState state = sandbox.state();
        var response =
                ControllerStatusResponse.newBuilder()
                        .setSandboxId(sandbox.id().value())
                        .setPid(pid(state))
                        .setState(state instanceof SandboxState.Running ? READY : NOT_READY)
                        .setCreatedAt(Timestamps.of(sandbox.createdAt()))
                        .setAddress(taskAddress)
                        .setVersion(TASK_API_VERSION);
        if (state instanceof SandboxState.Stopped(ExitStatus exit)) {
            response.setExitedAt(Timestamps.of(exit.at()));
        }
        return response.build();
    }

    private static ControllerMetricsResponse metrics(ManagedSandbox sandbox) {
        return ControllerMetricsResponse.newBuilder()
                .setMetrics(CgroupMetrics.metric(sandbox.id().value(), sandbox.statistics()))
                .build();
    }

    private static ControllerPlatformResponse platform(io.silica.sandbox.Platform platform) {
        return ControllerPlatformResponse.newBuilder()
                .setPlatform(
                        Platform.newBuilder()
                                .setOs(platform.os())
                                .setArchitecture(platform.architecture()))
                .build();
    }

    private static ControllerWaitResponse waited(ExitStatus exit) {
        return ControllerWaitResponse.newBuilder()
                .setExitStatus(exit.code())
                .setExitedAt(Timestamps.of(exit.at()))
                .build();
    }

    private static int pid(SandboxState state) {
        return state instanceof SandboxState.Running running ? running.pid() : 0;
    }

    private static <R extends Message> void answer(
            StreamObserver<R> observer, Supplier<R> response) {
        try {
            complete(observer, response.get());
        } catch (RuntimeException e) {
            fail(observer, e);
        }
    }

    private static <R> void complete(StreamObserver<R> observer, R response) {
        observer.onNext(response);
        observer.onCompleted();
    }

    private static void fail(StreamObserver<?> observer, RuntimeException failure) {
        observer.onError(StatusMapper.grpc(failure).asRuntimeException());
    }
}
