// SPDX-License-Identifier: Apache-2.0
package io.silica.server.host;

import io.silica.linux.cgroup.Hierarchies;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxSpec;
import io.silica.sandbox.Undo;
import io.silica.server.oci.OciSpecReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Prepares pods on this host, one directory for each. Any thread may use it. */
public final class PodHost {
    private static final Logger LOGGER = System.getLogger(PodHost.class.getName());

    private final Path sandboxes;
    private final HostConfig config;
    private final Optional<Hierarchies> cgroups;
    private final BlockingThreads threads = new BlockingThreads();
    private final OciSpecReader oci;

    /**
     * @param sandboxesDirectory a directory that is this daemon's alone; made, with mode 0700, if
     *     its parent exists
     * @throws UncheckedIOException if it can't be made
     */
    public PodHost(Path sandboxesDirectory, HostConfig config) {
        this.config = config;
        this.oci = new OciSpecReader(config.oci());
        try {
            PodDirectory.createPrivate(sandboxesDirectory);
            this.sandboxes = sandboxesDirectory.toRealPath();
            this.cgroups = writableCgroups();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Prepares a pod; when this throws, nothing of it is left. */
    public PreparedPod prepare(SandboxSpec spec) {
        try (var undo = new Undo()) {
            PreparedPod pod = undo.owns(pod(spec));
            PodDirectory directory = directory(spec.id().value());
            pod.create(() -> removeNow(directory));
            undo.keep();
            return pod;
        }
    }

    /**
     * The pod of an earlier life of the daemon, as it was left; see {@link PreparedPod#complete}.
     *
     * @throws SandboxException.InvalidArgument if there can be no such pod
     */
    public PreparedPod adopt(SandboxSpec spec) {
        return pod(spec);
    }

    /** The names of the directories that there are: ids of sandboxes, this life's or an earlier. */
    public List<String> directories() {
        return entries().stream().map(it -> it.getFileName().toString()).toList();
    }

    /**
     * Removes what an earlier life of the daemon left of a sandbox that no record knows. What can't
     * be removed is logged and stays.
     *
     * @param name of its directory
     */
    public void removeStranger(String name) {
        Path stranger = sandboxes.resolve(name);
        try (var calls = calls(name)) {
            remove(new PodDirectory(stranger), calls);
            LOGGER.log(Level.INFO, "removed {0}, which no record knows", stranger);
        } catch (SandboxException | IllegalArgumentException e) {
            LOGGER.log(Level.WARNING, "cannot remove what was left in " + stranger, e);
        }
    }

    private void remove(PodDirectory directory, BlockingCalls calls) {
        String action = "remove what was left in " + directory.path();
        calls.run(action, () -> HostFailure.translated(action, () -> removeNow(directory)));
    }

    private boolean removeNow(PodDirectory directory) throws IOException {
        Optional<String> cgroup = directory.notedCgroup();
        if (cgroup.isPresent() && cgroups.isPresent()) {
            PodCgroup.noted(cgroups.get(), cgroup.get()).delete();
        }
        directory.delete();
        return true;
    }

    private List<Path> entries() {
        try (Stream<Path> entries = Files.list(sandboxes)) {
            return entries.filter(it -> Files.isDirectory(it, LinkOption.NOFOLLOW_LINKS)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private PreparedPod pod(SandboxSpec spec) {
        Optional<PodCgroup> cgroup =
                spec.cgroupParent()
                        .filter(parent -> !parent.isEmpty())
                        .flatMap(parent -> cgroups.map(it -> PodCgroup.of(it, parent, spec.id())));
        return new PreparedPod(
                spec, config, directory(spec.id().value()), cgroup, calls(spec.id().value()), oci);
    }

    private PodDirectory directory(String id) {
        return new PodDirectory(sandboxes.resolve(id));
    }

    private BlockingCalls calls(String id) {
        return new BlockingCalls(id, config.blockingCalls(), config.deadline(), threads);
    }

    /** The hierarchies of this machine, if pods can have cgroups in them. */
    private static Optional<Hierarchies> writableCgroups() throws IOException {
        Hierarchies found = Hierarchies.detect();
        if (!found.isWritable()) {
            LOGGER.log(Level.WARNING, "this machine has no cgroups for pods: none is limited");
            return Optional.empty();
        }
        return Optional.of(found);
    }
}
