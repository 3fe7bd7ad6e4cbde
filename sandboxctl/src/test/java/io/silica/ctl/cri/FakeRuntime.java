// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.cri;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.silica.proto.cri.Container;
import io.silica.proto.cri.ContainerAttributes;
import io.silica.proto.cri.ContainerFilter;
import io.silica.proto.cri.ContainerState;
import io.silica.proto.cri.ContainerStats;
import io.silica.proto.cri.ContainerStatus;
import io.silica.proto.cri.ContainerStatusRequest;
import io.silica.proto.cri.ContainerStatusResponse;
import io.silica.proto.cri.CreateContainerRequest;
import io.silica.proto.cri.CreateContainerResponse;
import io.silica.proto.cri.Image;
import io.silica.proto.cri.ImageServiceGrpc;
import io.silica.proto.cri.ImageStatusRequest;
import io.silica.proto.cri.ImageStatusResponse;
import io.silica.proto.cri.LinuxPodSandboxStats;
import io.silica.proto.cri.ListContainerStatsRequest;
import io.silica.proto.cri.ListContainerStatsResponse;
import io.silica.proto.cri.ListContainersRequest;
import io.silica.proto.cri.ListContainersResponse;
import io.silica.proto.cri.ListPodSandboxRequest;
import io.silica.proto.cri.ListPodSandboxResponse;
import io.silica.proto.cri.ListPodSandboxStatsRequest;
import io.silica.proto.cri.ListPodSandboxStatsResponse;
import io.silica.proto.cri.MemoryUsage;
import io.silica.proto.cri.PodSandbox;
import io.silica.proto.cri.PodSandboxAttributes;
import io.silica.proto.cri.PodSandboxFilter;
import io.silica.proto.cri.PodSandboxState;
import io.silica.proto.cri.PodSandboxStats;
import io.silica.proto.cri.PodSandboxStatus;
import io.silica.proto.cri.PodSandboxStatusRequest;
import io.silica.proto.cri.PodSandboxStatusResponse;
import io.silica.proto.cri.PullImageRequest;
import io.silica.proto.cri.PullImageResponse;
import io.silica.proto.cri.RemoveContainerRequest;
import io.silica.proto.cri.RemoveContainerResponse;
import io.silica.proto.cri.RemovePodSandboxRequest;
import io.silica.proto.cri.RemovePodSandboxResponse;
import io.silica.proto.cri.RunPodSandboxRequest;
import io.silica.proto.cri.RunPodSandboxResponse;
import io.silica.proto.cri.RuntimeHandler;
import io.silica.proto.cri.RuntimeServiceGrpc;
import io.silica.proto.cri.StartContainerRequest;
import io.silica.proto.cri.StartContainerResponse;
import io.silica.proto.cri.StatusRequest;
import io.silica.proto.cri.StatusResponse;
import io.silica.proto.cri.StopContainerRequest;
import io.silica.proto.cri.StopContainerResponse;
import io.silica.proto.cri.StopPodSandboxRequest;
import io.silica.proto.cri.StopPodSandboxResponse;
import io.silica.proto.cri.UInt64Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A runtime on a Unix socket that has one pod and one container, whose log and exit a test decides.
 */
public final class FakeRuntime implements AutoCloseable {
    private final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    private final List<String> filters = Collections.synchronizedList(new ArrayList<>());
    private final EventLoopGroup loop =
            new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final Server server;
    private final String log;
    private final int exitCode;
    private volatile boolean exits = true;
    private volatile boolean stopped;
    private volatile @Nullable PodSandbox pod;
    private volatile @Nullable Container container;
    private volatile Path logFile = Path.of("/dev/null");

    /**
     * @param log the lines that the container's log gets when it starts, without their times
     * @param exitCode how the container exits then
     */
    public FakeRuntime(Path socket, int exitCode, String... log) throws IOException {
        this.exitCode = exitCode;
        this.log =
                String.join(
                        "",
                        Arrays.stream(log).map(l -> "2026-11-22T19:00:01Z " + l + "\n").toList());
        this.server = server(socket, new Pods(), new Images()).start();
    }

    /** The names of the calls so far, with what they are about. */
    public List<String> calls() {
        return List.copyOf(calls);
    }

    /** What lists were asked for that were not of all. */
    public List<String> filters() {
        return List.copyOf(filters);
    }

    /** From now on containers run until they are stopped. */
    public void runForEver() {
        exits = false;
    }

    private Server server(Path socket, BindableService... services) {
        return NettyServerBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
                .channelType(EpollServerDomainSocketChannel.class)
                .bossEventLoopGroup(loop)
                .workerEventLoopGroup(loop)
                .addServices(Arrays.stream(services).map(BindableService::bindService).toList())
                .build();
    }

    @Override
    public void close() {
        server.shutdownNow();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private <T> void answer(String call, StreamObserver<T> answer, T value) {
        calls.add(call);
        answer.onNext(value);
        answer.onCompleted();
    }

    private final class Pods extends RuntimeServiceGrpc.RuntimeServiceImplBase {
        @Override
        public void status(StatusRequest request, StreamObserver<StatusResponse> answer) {
            var response = StatusResponse.newBuilder();
            for (String name : List.of("", "wasm", "runc")) {
                response.addRuntimeHandlers(RuntimeHandler.newBuilder().setName(name));
            }
            answer("Status", answer, response.build());
        }

        @Override
        public void runPodSandbox(
                RunPodSandboxRequest request, StreamObserver<RunPodSandboxResponse> answer) {
            String handler = request.getRuntimeHandler();
            if (handler.equals("none")) {
                answer.onError(
                        Status.UNKNOWN
                                .withDescription(
                                        "unable to get OCI runtime: no runtime for \"none\" is configured")
                                .asRuntimeException());
                return;
            }
            logFile = Path.of(request.getConfig().getLogDirectory());
            pod =
                    PodSandbox.newBuilder()
                            .setId("pod-1")
                            .setMetadata(request.getConfig().getMetadata())
                            .setState(PodSandboxState.SANDBOX_READY)
                            .setRuntimeHandler(handler)
                            .putAllLabels(request.getConfig().getLabelsMap())
                            .build();
            answer(
                    "RunPodSandbox " + handler,
                    answer,
                    RunPodSandboxResponse.newBuilder().setPodSandboxId("pod-1").build());
        }

        @Override
        public void createContainer(
                CreateContainerRequest request, StreamObserver<CreateContainerResponse> answer) {
            logFile = logFile.resolve(request.getConfig().getLogPath());
            container =
                    Container.newBuilder()
                            .setId("container-1")
                            .setPodSandboxId(request.getPodSandboxId())
                            .setMetadata(request.getConfig().getMetadata())
                            .setImage(request.getConfig().getImage())
                            .setState(ContainerState.CONTAINER_CREATED)
                            .build();
            answer(
                    "CreateContainer " + request.getPodSandboxId(),
                    answer,
                    CreateContainerResponse.newBuilder().setContainerId("container-1").build());
        }

        @Override
        public void startContainer(
                StartContainerRequest request, StreamObserver<StartContainerResponse> answer) {
            try {
                Files.writeString(logFile, log);
            } catch (IOException e) {
                answer.onError(Status.UNKNOWN.withDescription("no log: " + e).asRuntimeException());
                return;
            }
            answer(
                    "StartContainer " + request.getContainerId(),
                    answer,
                    StartContainerResponse.getDefaultInstance());
        }

        @Override
        public void containerStatus(
                ContainerStatusRequest request, StreamObserver<ContainerStatusResponse> answer) {
            boolean exited = exits || stopped;
            var status =
                    ContainerStatus.newBuilder()
                            .setState(
                                    exited
                                            ? ContainerState.CONTAINER_EXITED
                                            : ContainerState.CONTAINER_RUNNING)
                            .setExitCode(exited ? exitCode : 0)
                            .setLogPath(logFile.toString());
            answer.onNext(
                    ContainerStatusResponse.newBuilder()
                            .setStatus(status)
                            .putInfo("info", "{\"pid\":7}")
                            .putInfo("plain", "no JSON {")
                            .build());
            answer.onCompleted();
        }

        @Override
        public void listPodSandbox(
                ListPodSandboxRequest request, StreamObserver<ListPodSandboxResponse> answer) {
            var filter = request.getFilter();
            if (!filter.equals(PodSandboxFilter.getDefaultInstance())) {
                filters.add(
                        "pods %s %s"
                                .formatted(
                                        filter.getState().getState(),
                                        filter.getLabelSelectorMap()));
            }
            answer.onNext(
                    ListPodSandboxResponse.newBuilder()
                            .addAllItems(
                                    Stream.ofNullable(pod)
                                            .filter(it ->
                                                    !filter.hasState()
                                                            || it.getState()
                                                                    == filter.getState().getState())
                                            .toList())
                            .build());
            answer.onCompleted();
        }

        @Override
        public void listContainers(
                ListContainersRequest request, StreamObserver<ListContainersResponse> answer) {
            var filter = request.getFilter();
            if (!filter.equals(ContainerFilter.getDefaultInstance())) {
                filters.add(
                        "containers %s %s"
                                .formatted(
                                        filter.getState().getState(),
                                        filter.getLabelSelectorMap()));
            }
            answer.onNext(
                    ListContainersResponse.newBuilder()
                            .addAllContainers(
                                    Stream.ofNullable(container)
                                            .filter(it ->
                                                    !filter.hasState()
                                                            || it.getState()
                                                                    == filter.getState().getState())
                                            .toList())
                            .build());
            answer.onCompleted();
        }

        @Override
        public void podSandboxStatus(
                PodSandboxStatusRequest request, StreamObserver<PodSandboxStatusResponse> answer) {
            var state = Objects.requireNonNull(pod).getState();
            answer.onNext(
                    PodSandboxStatusResponse.newBuilder()
                            .setStatus(PodSandboxStatus.newBuilder().setState(state))
                            .build());
            answer.onCompleted();
        }

        @Override
        public void listContainerStats(
                ListContainerStatsRequest request,
                StreamObserver<ListContainerStatsResponse> answer) {
            var stats =
                    ContainerStats.newBuilder()
                            .setAttributes(ContainerAttributes.newBuilder().setId("container-1"))
                            .setMemory(MemoryUsage.newBuilder().setWorkingSetBytes(kibibytes(3)));
            answer.onNext(ListContainerStatsResponse.newBuilder().addStats(stats).build());
            answer.onCompleted();
        }

        @Override
        public void listPodSandboxStats(
                ListPodSandboxStatsRequest request,
                StreamObserver<ListPodSandboxStatsResponse> answer) {
            var linux =
                    LinuxPodSandboxStats.newBuilder()
                            .setMemory(MemoryUsage.newBuilder().setWorkingSetBytes(kibibytes(5)));
            var stats =
                    PodSandboxStats.newBuilder()
                            .setAttributes(PodSandboxAttributes.newBuilder().setId("pod-1"))
                            .setLinux(linux);
            answer.onNext(ListPodSandboxStatsResponse.newBuilder().addStats(stats).build());
            answer.onCompleted();
        }

        private static UInt64Value kibibytes(int number) {
            return UInt64Value.newBuilder().setValue(number << 10).build();
        }

        @Override
        public void stopContainer(
                StopContainerRequest request, StreamObserver<StopContainerResponse> answer) {
            stopped = true;
            answer(
                    "StopContainer %s %d".formatted(request.getContainerId(), request.getTimeout()),
                    answer,
                    StopContainerResponse.getDefaultInstance());
        }

        @Override
        public void removeContainer(
                RemoveContainerRequest request, StreamObserver<RemoveContainerResponse> answer) {
            answer(
                    "RemoveContainer " + request.getContainerId(),
                    answer,
                    RemoveContainerResponse.getDefaultInstance());
        }

        @Override
        public void stopPodSandbox(
                StopPodSandboxRequest request, StreamObserver<StopPodSandboxResponse> answer) {
            var known = pod;
            pod =
                    known == null
                            ? null
                            : known.toBuilder().setState(PodSandboxState.SANDBOX_NOTREADY).build();
            answer(
                    "StopPodSandbox " + request.getPodSandboxId(),
                    answer,
                    StopPodSandboxResponse.getDefaultInstance());
        }

        @Override
        public void removePodSandbox(
                RemovePodSandboxRequest request, StreamObserver<RemovePodSandboxResponse> answer) {
            answer(
                    "RemovePodSandbox " + request.getPodSandboxId(),
                    answer,
                    RemovePodSandboxResponse.getDefaultInstance());
        }
    }

    private final class Images extends ImageServiceGrpc.ImageServiceImplBase {
        @Override
        public void imageStatus(
                ImageStatusRequest request, StreamObserver<ImageStatusResponse> answer) {
            var response = ImageStatusResponse.newBuilder();
            if (request.getImage().getImage().equals("present")) {
                response.setImage(Image.newBuilder().setId("sha256:1"));
            }
            answer("ImageStatus", answer, response.build());
        }

        @Override
        public void pullImage(PullImageRequest request, StreamObserver<PullImageResponse> answer) {
            calls.add("PullImage " + request.getImage().getImage());
            answer.onError(Status.NOT_FOUND.withDescription("no such host").asRuntimeException());
        }
    }
}
