// SPDX-License-Identifier: Apache-2.0
package io.silica.server.host;

import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.PodResources;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxSpec;
import io.silica.sandbox.Statistics;
import io.silica.sandbox.Undo;
import io.silica.server.oci.OciDocument;
import io.silica.server.oci.OciSpecReader;
import io.silica.server.oci.PodSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * A pod's part of the host. Any thread may call; a caller is blocked in Java only, and no longer
 * than the deadline of {@link HostConfig} for each step.
 */
public final class PreparedPod implements AutoCloseable {
    private final SandboxSpec spec;
    private final HostConfig config;
    private final PodDirectory directory;
    private final Optional<PodCgroup> cgroup;
    private final BlockingCalls calls;
    private final OciSpecReader oci;
    private boolean closed;

    PreparedPod(
            SandboxSpec spec,
            HostConfig config,
            PodDirectory directory,
            Optional<PodCgroup> cgroup,
            BlockingCalls calls,
            OciSpecReader oci) {
        this.spec = spec;
        this.config = config;
        this.directory = directory;
        this.cgroup = cgroup;
        this.calls = calls;
        this.oci = oci;
    }

    /**
     * Makes it.
     *
     * @param removal of what an earlier try has left in its place
     */
    void create(Callable<?> removal) {
        step(
                "make the directory of the sandbox",
                () -> {
                    if (!directory.make()) {
                        removal.call();
                        directory.make();
                    }
                    directory.fill(files(), config.sharedMemoryBytes());
                    return createCgroup();
                });
    }

    /** Makes what is missing of it; what is there may be in use and stays. */
    public void complete() {
        step(
                "complete the directory of the sandbox",
                () -> {
                    directory.complete(files(), config.sharedMemoryBytes());
                    return createCgroup();
                });
    }

    private PodFiles files() throws IOException {
        return PodFiles.of(spec, config);
    }

    private boolean createCgroup() throws IOException {
        if (cgroup.isPresent()) {
            directory.noteCgroup(cgroup.get().path());
            cgroup.get().create(spec.resources());
        }
        return true;
    }

    /** Where the sandbox has its files: of mode 0700, and gone with {@link #close}. */
    public Path directory() {
        return directory.path();
    }

    /**
     * Reads a container's specification, fits it into the pod and mounts its root file system. When
     * this throws, nothing is mounted.
     *
     * @throws SandboxException.InvalidArgument if the specification, the bundle or the mounts make
     *     no container
     * @throws SandboxException.TimedOut if the host does not answer
     */
    public ContainerConfig prepareContainer(ContainerRequest request) {
        String action = "mount the root file system of container \"" + request.id() + '"';
        Bundle bundle = new Bundle(request.bundle());
        return calls.call(
                action,
                () -> HostFailure.translated(action, () -> mounted(bundle, request)),
                _ -> bundle.unmount());
    }

    /** Reads before it mounts: nothing is mounted for what makes no container. */
    private ContainerConfig mounted(Bundle bundle, ContainerRequest request) throws IOException {
        OciDocument document = oci.document(bundle.config(config.oci().bytes())).in(settings());
        var container =
                new ContainerConfig(
                        request.id(),
                        request.sandbox(),
                        request.bundle(),
                        bundle.rootfs(),
                        document.spec(),
                        request.stdio());
        bundle.mount(request.rootfs());
        return container;
    }

    private PodSettings settings() {
        return new PodSettings(
                spec.network(), spec.hostname(), directory.files(), directory.sharedMemory());
    }

    /**
     * Unmounts a container's root file system, also after {@link #close}: a container that was
     * being made meanwhile is undone later than the pod. Doing it twice is harmless.
     */
    public void releaseContainer(ContainerId id, Path bundle) {
        try {
            unmount(calls, id, bundle);
        } catch (SandboxException.Unavailable _) {
            try (var own =
                    new BlockingCalls(
                            spec.id().value(), 1, config.deadline(), new BlockingThreads())) {
                unmount(own, id, bundle);
            }
        }
    }

    private void unmount(BlockingCalls on, ContainerId id, Path bundle) {
        String action = "unmount the root file system of container \"" + id + '"';
        Callable<Bundle> unmounting =
                () -> {
                    var mounted = new Bundle(bundle);
                    mounted.unmount();
                    return mounted;
                };
        Bundle _ = on.call(action, () -> HostFailure.translated(action, unmounting));
    }

    /** What runs on the host for the sandbox has used; empty if nothing runs in its cgroup. */
    public Optional<Statistics> statistics() {
        return cgroup.flatMap(it ->
                step(
                        "read the cgroup of the sandbox",
                        () -> it.statistics(InstantSource.system().instant())));
    }

    /** Changes what the sandbox may use on the host. */
    public void update(PodResources resources) {
        cgroup.ifPresent(it ->
                step(
                        "limit the cgroup of the sandbox",
                        () -> {
                            it.update(resources);
                            return true;
                        }));
    }

    /**
     * Unmounts and removes everything of the pod, its containers' root file systems apart. What
     * could not be removed is tried again by the next call; when all is gone, calls are harmless.
     */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        try (var undo = new Undo()) {
            undo.add(() -> step("remove the directory of the sandbox", this::removeDirectory));
            cgroup.ifPresent(it -> undo.add(() -> step("remove its cgroup", () -> remove(it))));
        }
        closed = true;
        calls.close();
    }

    /** Lets go of the pod without removing anything of it. */
    public void letGo() {
        calls.close();
    }

    private boolean removeDirectory() throws Exception {
        directory.delete();
        return true;
    }

    private static boolean remove(PodCgroup cgroup) {
        cgroup.delete();
        return true;
    }

    private <T> T step(String what, Callable<T> work) {
        String action = what + " (" + spec.id() + ")";
        return calls.call(action, () -> HostFailure.translated(action, work));
    }

    /** The threads on which it waits for the host. */
    BlockingCalls calls() {
        return calls;
    }
}
