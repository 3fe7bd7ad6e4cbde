// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

import io.silica.ctl.cri.ContainerLog;
import io.silica.ctl.cri.CriClient;
import io.silica.ctl.cri.CriException;
import io.silica.ctl.cri.LogLine;
import io.silica.proto.cri.ContainerState;
import io.silica.proto.cri.ContainerStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A pod with one container, from its creation to its removal.
 *
 * <p>One thread calls {@link #start} and {@link #await}; any other may {@link #close} meanwhile,
 * which waits for a creation under way, so that no pod is left that nobody knows.
 */
final class PodRun implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(25);

    private final CriClient cri;
    private final PodSpec spec;
    private final ContainerLog log;
    private final Duration grace;
    private @Nullable String pod;
    private volatile @Nullable String container;
    private volatile boolean closed;

    /**
     * @param log its new lines are what the container prints
     * @param grace how long a container that still runs at the end has from its stop signal on
     */
    PodRun(CriClient cri, PodSpec spec, ContainerLog log, Duration grace) {
        this.cri = cri;
        this.spec = spec;
        this.log = log;
        this.grace = grace;
    }

    /**
     * Runs the pod and starts its container. What was made before a failure is left to {@link
     * #close}.
     */
    synchronized void start() {
        if (closed) {
            return;
        }
        cri.ensureImage(spec.container().getImage());
        pod = cri.runPod(spec.pod(), spec.handler());
        container = cri.createContainer(pod, spec.container(), spec.pod());
        cri.startContainer(container);
    }

    /**
     * Hands over what the container prints, until it has exited.
     *
     * @return its exit code
     * @throws InterruptedException if the run is closed meanwhile
     */
    int await(Consumer<List<LogLine>> output) throws IOException, InterruptedException {
        while (true) {
            // In this order: all that was logged before the exit was seen is read.
            ContainerStatus status = statusWhileOpen();
            output.accept(log.appended());
            if (status.getState() == ContainerState.CONTAINER_EXITED) {
                return status.getExitCode();
            }
            TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
        }
    }

    private ContainerStatus statusWhileOpen() throws InterruptedException {
        try {
            String id = container;
            if (!closed && id != null) {
                return cri.containerStatus(id);
            }
        } catch (CriException e) {
            if (!closed) {
                throw e;
            }
        }
        throw new InterruptedException("the run was closed");
    }

    /**
     * Leaves the pod as it is: from now on it is not ours to remove.
     *
     * @return its name for messages: "pod ID, container ID"
     */
    synchronized String keep() {
        String kept = "pod %s, container %s".formatted(pod, container);
        pod = null;
        return kept;
    }

    /** Stops and removes the pod, once; waits if another thread is at it. */
    @Override
    public void close() {
        closed = true;
        synchronized (this) {
            if (pod != null) {
                String id = pod;
                pod = null;
                remove(id);
            }
        }
    }

    private void remove(String id) {
        try {
            stopContainer();
            cri.stopPod(id);
        } finally {
            cri.removePod(id);
        }
    }

    private void stopContainer() {
        String id = container;
        if (id != null && cri.containerStatus(id).getState() == ContainerState.CONTAINER_RUNNING) {
            cri.stopContainer(id, grace);
        }
    }
}
