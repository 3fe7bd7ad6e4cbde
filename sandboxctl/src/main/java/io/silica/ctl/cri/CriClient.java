// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.cri;

import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.silica.proto.containerd.events.service.EventsGrpc;
import io.silica.proto.containerd.events.service.SubscribeRequest;
import io.silica.proto.containerd.types.Envelope;
import io.silica.proto.cri.AttachRequest;
import io.silica.proto.cri.Container;
import io.silica.proto.cri.ContainerConfig;
import io.silica.proto.cri.ContainerFilter;
import io.silica.proto.cri.ContainerStats;
import io.silica.proto.cri.ContainerStatsRequest;
import io.silica.proto.cri.ContainerStatus;
import io.silica.proto.cri.ContainerStatusRequest;
import io.silica.proto.cri.ContainerStatusResponse;
import io.silica.proto.cri.CreateContainerRequest;
import io.silica.proto.cri.ExecRequest;
import io.silica.proto.cri.ExecSyncRequest;
import io.silica.proto.cri.ExecSyncResponse;
import io.silica.proto.cri.ImageServiceGrpc;
import io.silica.proto.cri.ImageServiceGrpc.ImageServiceBlockingStub;
import io.silica.proto.cri.ImageSpec;
import io.silica.proto.cri.ImageStatusRequest;
import io.silica.proto.cri.LinuxContainerResources;
import io.silica.proto.cri.ListContainerStatsRequest;
import io.silica.proto.cri.ListContainersRequest;
import io.silica.proto.cri.ListPodSandboxRequest;
import io.silica.proto.cri.ListPodSandboxStatsRequest;
import io.silica.proto.cri.PodSandbox;
import io.silica.proto.cri.PodSandboxConfig;
import io.silica.proto.cri.PodSandboxFilter;
import io.silica.proto.cri.PodSandboxStats;
import io.silica.proto.cri.PodSandboxStatsRequest;
import io.silica.proto.cri.PodSandboxStatus;
import io.silica.proto.cri.PodSandboxStatusRequest;
import io.silica.proto.cri.PodSandboxStatusResponse;
import io.silica.proto.cri.PortForwardRequest;
import io.silica.proto.cri.PullImageRequest;
import io.silica.proto.cri.RemoveContainerRequest;
import io.silica.proto.cri.RemovePodSandboxRequest;
import io.silica.proto.cri.RunPodSandboxRequest;
import io.silica.proto.cri.RuntimeHandler;
import io.silica.proto.cri.RuntimeServiceGrpc;
import io.silica.proto.cri.RuntimeServiceGrpc.RuntimeServiceBlockingStub;
import io.silica.proto.cri.StartContainerRequest;
import io.silica.proto.cri.StatusRequest;
import io.silica.proto.cri.StopContainerRequest;
import io.silica.proto.cri.StopPodSandboxRequest;
import io.silica.proto.cri.UpdateContainerResourcesRequest;
import io.silica.proto.cri.UpdatePodSandboxResourcesRequest;
import io.silica.proto.cri.VersionRequest;
import io.silica.proto.cri.VersionResponse;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * CRI over a Unix socket. Every call has the client's time limit and fails with {@link
 * CriException}. Nothing is dialled before the first call.
 */
public final class CriClient implements AutoCloseable {
    private static final int LARGEST_MESSAGE = 16 << 20;

    private final CriEndpoint endpoint;
    private final Duration limit;
    private final EventLoopGroup loop;
    private final ManagedChannel channel;

    /**
     * @param limit how long one call may take
     * @param interceptors what sees each call, such as a {@link CallTrace}
     */
    public CriClient(CriEndpoint endpoint, Duration limit, ClientInterceptor... interceptors) {
        this.endpoint = endpoint;
        this.limit = limit;
        this.loop =
                new MultiThreadIoEventLoopGroup(
                        1, new DefaultThreadFactory("cri", true), EpollIoHandler.newFactory());
        this.channel =
                NettyChannelBuilder.forAddress(new DomainSocketAddress(endpoint.socket().toFile()))
                        .channelType(EpollDomainSocketChannel.class)
                        .eventLoopGroup(loop)
                        // Go's server refuses an authority that is a path.
                        .overrideAuthority("localhost")
                        .maxInboundMessageSize(LARGEST_MESSAGE)
                        .intercept(interceptors)
                        .usePlaintext()
                        .build();
    }

    public CriEndpoint endpoint() {
        return endpoint;
    }

    public VersionResponse version() {
        return call(
                "ask for the version",
                () -> runtime().version(VersionRequest.getDefaultInstance()));
    }

    /**
     * The names of the runtime handlers that the runtime is configured with; the default's second
     * name is "".
     */
    public List<String> handlers() {
        return call(
                        "ask for the runtime handlers",
                        () -> runtime().status(StatusRequest.getDefaultInstance()))
                .getRuntimeHandlersList()
                .stream()
                .map(RuntimeHandler::getName)
                .toList();
    }

    /** Makes sure that an image is there: asks the runtime to pull it if it is not. */
    public void ensureImage(ImageSpec image) {
        String action = "get image \"%s\"".formatted(image.getImage());
        var status = ImageStatusRequest.newBuilder().setImage(image).build();
        if (!call(action, () -> images().imageStatus(status)).hasImage()) {
            call(
                    action,
                    () ->
                            images().pullImage(
                                            PullImageRequest.newBuilder().setImage(image).build()));
        }
    }

    /**
     * Runs a pod sandbox.
     *
     * @param handler the runtime handler; empty for the runtime's default
     * @return the sandbox's id
     */
    public String runPod(PodSandboxConfig config, String handler) {
        var request =
                RunPodSandboxRequest.newBuilder()
                        .setConfig(config)
                        .setRuntimeHandler(handler)
                        .build();
        return call(
                "run pod \"%s\"".formatted(config.getMetadata().getName()),
                () -> runtime().runPodSandbox(request).getPodSandboxId());
    }

    public PodSandboxStatus podStatus(String pod) {
        var request = PodSandboxStatusRequest.newBuilder().setPodSandboxId(pod).build();
        return call("ask for pod " + pod, () -> runtime().podSandboxStatus(request).getStatus());
    }

    /** The same with what the runtime tells besides, as JSON. */
    public PodSandboxStatusResponse inspectPod(String pod) {
        var request =
                PodSandboxStatusRequest.newBuilder().setPodSandboxId(pod).setVerbose(true).build();
        return call("ask for pod " + pod, () -> runtime().podSandboxStatus(request));
    }

    public List<PodSandbox> pods() {
        return pods(PodSandboxFilter.getDefaultInstance());
    }

    /** Those that a filter lets through. */
    public List<PodSandbox> pods(PodSandboxFilter filter) {
        var request = ListPodSandboxRequest.newBuilder().setFilter(filter).build();
        return call("list pods", () -> runtime().listPodSandbox(request).getItemsList());
    }

    /** Kills the pod's containers and stops its sandbox; a pod that is stopped already stays so. */
    public void stopPod(String pod) {
        var request = StopPodSandboxRequest.newBuilder().setPodSandboxId(pod).build();
        call("stop pod " + pod, () -> runtime().stopPodSandbox(request));
    }

    /** Removes a pod with its containers; one that is not there is no error. */
    public void removePod(String pod) {
        var request = RemovePodSandboxRequest.newBuilder().setPodSandboxId(pod).build();
        call("remove pod " + pod, () -> runtime().removePodSandbox(request));
    }

    /**
     * Tells of changed sums of a pod's containers; containerd asks its sandboxer from 2.3 on.
     *
     * @param resources the sums, without the overhead
     */
    public void updatePod(String pod, LinuxContainerResources resources) {
        var request =
                UpdatePodSandboxResourcesRequest.newBuilder()
                        .setPodSandboxId(pod)
                        .setResources(resources)
                        .build();
        call("update pod " + pod, () -> runtime().updatePodSandboxResources(request));
    }

    /** Creates a container in a pod and gives its id. */
    public String createContainer(String pod, ContainerConfig config, PodSandboxConfig podConfig) {
        var request =
                CreateContainerRequest.newBuilder()
                        .setPodSandboxId(pod)
                        .setConfig(config)
                        .setSandboxConfig(podConfig)
                        .build();
        return call(
                "create container \"%s\"".formatted(config.getMetadata().getName()),
                () -> runtime().createContainer(request).getContainerId());
    }

    public void startContainer(String container) {
        var request = StartContainerRequest.newBuilder().setContainerId(container).build();
        call("start container " + container, () -> runtime().startContainer(request));
    }

    /**
     * Stops a container by its stop signal.
     *
     * @param grace after it the container is killed; whole seconds count, and the call may take as
     *     much longer
     */
    public void stopContainer(String container, Duration grace) {
        var request =
                StopContainerRequest.newBuilder()
                        .setContainerId(container)
                        .setTimeout(grace.toSeconds())
                        .build();
        call(
                "stop container " + container,
                () -> runtime(limit.plus(grace)).stopContainer(request));
    }

    /** Changes the limits of a container that is created or runs; a field that is 0 stays. */
    public void updateContainer(String container, LinuxContainerResources resources) {
        var request =
                UpdateContainerResourcesRequest.newBuilder()
                        .setContainerId(container)
                        .setLinux(resources)
                        .build();
        call("update container " + container, () -> runtime().updateContainerResources(request));
    }

    public void removeContainer(String container) {
        var request = RemoveContainerRequest.newBuilder().setContainerId(container).build();
        call("remove container " + container, () -> runtime().removeContainer(request));
    }

    public ContainerStatus containerStatus(String container) {
        var request = ContainerStatusRequest.newBuilder().setContainerId(container).build();
        return call(
                "ask for container " + container,
                () -> runtime().containerStatus(request).getStatus());
    }

    /** The same with what the runtime tells besides, as JSON. */
    public ContainerStatusResponse inspectContainer(String container) {
        var request =
                ContainerStatusRequest.newBuilder()
                        .setContainerId(container)
                        .setVerbose(true)
                        .build();
        return call("ask for container " + container, () -> runtime().containerStatus(request));
    }

    public List<Container> containers() {
        return containers(ContainerFilter.getDefaultInstance());
    }

    /** Those that a filter lets through. */
    public List<Container> containers(ContainerFilter filter) {
        var request = ListContainersRequest.newBuilder().setFilter(filter).build();
        return call("list containers", () -> runtime().listContainers(request).getContainersList());
    }

    public ContainerStats containerStats(String container) {
        var request = ContainerStatsRequest.newBuilder().setContainerId(container).build();
        return call(
                "ask for the figures of container " + container,
                () -> runtime().containerStats(request).getStats());
    }

    public List<ContainerStats> allContainerStats() {
        return call(
                "ask for the figures of all containers",
                () ->
                        runtime()
                                .listContainerStats(ListContainerStatsRequest.getDefaultInstance())
                                .getStatsList());
    }

    public PodSandboxStats podStats(String pod) {
        var request = PodSandboxStatsRequest.newBuilder().setPodSandboxId(pod).build();
        return call(
                "ask for the figures of pod " + pod,
                () -> runtime().podSandboxStats(request).getStats());
    }

    public List<PodSandboxStats> allPodStats() {
        return call(
                "ask for the figures of all pods",
                () ->
                        runtime()
                                .listPodSandboxStats(
                                        ListPodSandboxStatsRequest.getDefaultInstance())
                                .getStatsList());
    }

    /** Runs a command in a container, to its end, without a standard input. */
    public ExecSyncResponse exec(String container, List<String> command) {
        var request =
                ExecSyncRequest.newBuilder().setContainerId(container).addAllCmd(command).build();
        return call("execute in container " + container, () -> runtime().execSync(request));
    }

    /**
     * Prepares to run a command in a container.
     *
     * @return where its streams are to be had, once; the command begins when somebody comes
     */
    public URI execUrl(String container, List<String> command, WantedStreams wanted) {
        var request =
                ExecRequest.newBuilder()
                        .setContainerId(container)
                        .addAllCmd(command)
                        .setTty(wanted.terminal())
                        .setStdin(wanted.input())
                        .setStdout(true)
                        .setStderr(wanted.errors());
        return URI.create(
                call(
                        "execute in container " + container,
                        () -> runtime().exec(request.build()).getUrl()));
    }

    /** Where the streams of a container's first process are to be had, once. */
    public URI attachUrl(String container, WantedStreams wanted) {
        var request =
                AttachRequest.newBuilder()
                        .setContainerId(container)
                        .setTty(wanted.terminal())
                        .setStdin(wanted.input())
                        .setStdout(true)
                        .setStderr(wanted.errors());
        return URI.create(
                call(
                        "attach to container " + container,
                        () -> runtime().attach(request.build()).getUrl()));
    }

    /** Where a connection to a port of a pod is to be had, once. */
    public URI portForwardUrl(String pod, int port) {
        var request = PortForwardRequest.newBuilder().setPodSandboxId(pod).addPort(port).build();
        return URI.create(
                call(
                        "forward port %d of pod %s".formatted(port, pod),
                        () -> runtime().portForward(request).getUrl()));
    }

    /** Hands over containerd's events as they come, for as long as containerd lives. */
    public void events(Consumer<Envelope> each) {
        String action = "subscribe to events";
        call(
                action,
                () -> {
                    EventsGrpc.newBlockingStub(channel)
                            .subscribe(SubscribeRequest.getDefaultInstance())
                            .forEachRemaining(each);
                    return action;
                });
    }

    /** Ends the connection at once; calls under way fail. */
    @Override
    public void close() {
        channel.shutdownNow();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private RuntimeServiceBlockingStub runtime() {
        return runtime(limit);
    }

    private RuntimeServiceBlockingStub runtime(Duration time) {
        return RuntimeServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    private ImageServiceBlockingStub images() {
        return ImageServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    private <T> T call(String action, Supplier<T> call) {
        try {
            return call.get();
        } catch (StatusRuntimeException e) {
            throw CriFailure.explain(endpoint, action, e);
        }
    }
}
