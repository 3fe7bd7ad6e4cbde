// SPDX-License-Identifier: Apache-2.0
package io.silica.agent.machine;

import io.silica.agent.container.BlockingCalls;
import io.silica.agent.container.GuestPaths;
import io.silica.agent.container.PodFiles;
import io.silica.linux.Machine;
import io.silica.linux.Mounts;
import io.silica.proto.guest.PrepareRequest;
import io.silica.proto.guest.RefreshRequest;
import io.silica.sandbox.SandboxException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the machine a pod's, once. */
public final class PodMachine {
    private static final int LEAST_ENTROPY = 32;
    private static final List<String> CONTROLLERS =
            List.of("cpuset", "cpu", "io", "memory", "pids");

    private final GuestPaths paths;
    private final BlockingCalls blocking;
    private @Nullable PrepareRequest done;
    private volatile @Nullable PodFiles files;

    public PodMachine(GuestPaths paths, BlockingCalls blocking) {
        this.paths = paths;
        this.blocking = blocking;
    }

    /** Whether it was made a pod's. */
    public boolean isPrepared() {
        return files != null;
    }

    /**
     * What its containers share.
     *
     * @throws SandboxException.WrongState before {@link #prepare}
     */
    public PodFiles files() {
        var prepared = files;
        if (prepared == null) {
            throw new SandboxException.WrongState("the machine is not prepared");
        }
        return prepared;
    }

    /**
     * Makes it a pod's; the same again does nothing.
     *
     * @throws SandboxException.WrongState if it is another pod's
     */
    public synchronized void prepare(PrepareRequest request) {
        if (isPrepared()) {
            // The time of day is another each time.
            if (!same(request, done)) {
                throw new SandboxException.WrongState("the machine was prepared in another way");
            }
            return;
        }
        files =
                blocking.call(() -> {
                    refresh(request.getRefresh());
                    Machine.hostname(request.getHostname());
                    setSysctls(request.getSysctlsMap());
                    makeCgroup();
                    NetworkSetup.apply(request);
                    mountShare(request);
                    return writeFiles(request);
                });
        done = request;
    }

    private static boolean same(PrepareRequest request, @Nullable PrepareRequest before) {
        return before != null
                && request.toBuilder()
                        .clearRefresh()
                        .build()
                        .equals(before.toBuilder().clearRefresh().build());
    }

    /** Sets the clock and stirs in entropy; each only if it is given. */
    public static void refresh(RefreshRequest request) {
        if (request.hasNow()) {
            var now = request.getNow();
            Machine.clock(Instant.ofEpochSecond(now.getSeconds(), now.getNanos()));
        }
        if (!request.getEntropy().isEmpty()) {
            if (request.getEntropy().size() < LEAST_ENTROPY) {
                throw new SandboxException.InvalidArgument("less than 32 bytes of entropy");
            }
            Machine.entropy(request.getEntropy().toByteArray());
        }
    }

    private static void setSysctls(Map<String, String> sysctls) throws IOException {
        for (var sysctl : sysctls.entrySet()) {
            set(sysctl.getKey(), sysctl.getValue());
        }
    }

    /** A slash in a name is a dot in the path's, as in sysctl(8). */
    private static void set(String name, String value) throws IOException {
        var builder = new StringBuilder("/proc/sys/");
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            builder.append(c == '.' ? '/' : c == '/' ? '.' : c);
        }
        var file = Path.of(builder.toString());
        if (!file.equals(file.normalize())) {
            throw new SandboxException.InvalidArgument("not a sysctl: \"" + name + "\"");
        }
        if (!Files.exists(file)) {
            throw new SandboxException.InvalidArgument(
                    "the guest's kernel has no sysctl \"" + name + "\"");
        }
        Files.writeString(file, value, StandardOpenOption.WRITE);
    }

    private void makeCgroup() throws IOException {
        delegate(paths.cgroups());
        Files.createDirectories(paths.podCgroup());
        delegate(paths.podCgroup());
    }

    /** Not every kernel has all of them. */
    private static void delegate(Path cgroup) throws IOException {
        var available =
                List.of(
                        Files.readString(cgroup.resolve("cgroup.controllers"))
                                .strip()
                                .split(" ", -1));
        for (var controller : CONTROLLERS) {
            if (available.contains(controller)) {
                Files.writeString(
                        cgroup.resolve("cgroup.subtree_control"),
                        "+" + controller,
                        StandardOpenOption.WRITE);
            }
        }
    }

    private void mountShare(PrepareRequest request) throws IOException {
        Files.createDirectories(paths.share());
        if (!request.getShareTag().isEmpty()) {
            Mounts.mount(
                    "virtiofs", request.getShareTag(), paths.share(), List.of("nosuid", "nodev"));
        }
    }

    private PodFiles writeFiles(PrepareRequest request) throws IOException {
        Files.createDirectories(paths.files());
        var byPlace = new LinkedHashMap<String, Path>();
        byPlace.put(
                "/etc/hostname",
                write("hostname", (request.getHostname() + "\n").getBytes(StandardCharsets.UTF_8)));
        byPlace.put("/etc/hosts", write("hosts", request.getHosts().toByteArray()));
        byPlace.put(
                "/etc/resolv.conf", write("resolv.conf", request.getResolvConf().toByteArray()));
        Files.createDirectories(paths.sharedMemory());
        var size =
                request.getShmSize() == 0
                        ? List.<String>of()
                        : List.of("size=" + request.getShmSize());
        var options = new ArrayList<>(List.of("nosuid", "nodev", "noexec", "mode=1777"));
        options.addAll(size);
        Mounts.mount("tmpfs", "shm", paths.sharedMemory(), options);
        return new PodFiles(byPlace, paths.sharedMemory());
    }

    private Path write(String name, byte[] content) throws IOException {
        return Files.write(paths.files().resolve(name), content);
    }
}
