// SPDX-License-Identifier: Apache-2.0
package io.silica.linux.cgroup;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * One cgroup: a path in every hierarchy that has a controller which we use.
 *
 * <p>Any thread may call any method; {@link #delete} waits.
 */
public final class Cgroup {
    private static final long PAUSE_MILLIS = 5;

    private final Hierarchies hierarchies;
    private final CgroupPath path;

    private Cgroup(Hierarchies hierarchies, CgroupPath path) {
        this.hierarchies = hierarchies;
        this.path = path;
    }

    /** A cgroup that may exist or not. */
    public static Cgroup at(Hierarchies hierarchies, CgroupPath path) {
        return new Cgroup(hierarchies, path);
    }

    /**
     * One that exists.
     *
     * @param parent of it; empty for none
     * @param name below that
     */
    public static Optional<Cgroup> existing(Hierarchies hierarchies, String parent, String name) {
        return Optional.of(parent)
                .filter(it -> !it.isEmpty())
                .map(it -> at(hierarchies, CgroupPath.parse(it).child(name)))
                .filter(Cgroup::exists);
    }

    public CgroupPath path() {
        return path;
    }

    /** Makes it, with those above it, where it is not there yet. */
    public Cgroup create() {
        for (var root : hierarchies.roots()) {
            createBelow(root);
        }
        return this;
    }

    private void createBelow(Path root) {
        var directory = root;
        for (var segment : path.segments()) {
            if (isUnified(root)) {
                delegate(directory);
            }
            directory = directory.resolve(segment);
            makeDirectory(directory);
            if (root.equals(hierarchies.v1().get(Controller.CPUSET))) {
                inheritCpuset(directory);
            }
        }
    }

    private static void makeDirectory(Path directory) {
        if (Files.isDirectory(directory)) {
            return;
        }
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new CgroupException("cannot make cgroup " + directory + ": " + e.getMessage(), e);
        }
    }

    /**
     * A new cpuset of version 1 is empty, and a process cannot be put into an empty one. Whoever
     * made this may not have come to fill it yet: another thread, or another daemon.
     */
    private static void inheritCpuset(Path directory) {
        for (var file : List.of("cpuset.cpus", "cpuset.mems")) {
            var own = directory.resolve(file);
            if (ControlFile.read(own).orElse("-").isEmpty()) {
                ControlFile.read(directory.resolveSibling(file))
                        .ifPresent(above -> ControlFile.write(own, above));
            }
        }
    }

    /** In version 2 a controller works below only where the cgroup above says so. */
    private void delegate(Path directory) {
        for (var controller : hierarchies.v2()) {
            var on = ControlFile.read(directory.resolve("cgroup.subtree_control")).orElse("");
            if (!List.of(on.split(" ", 0)).contains(controller.kernelName())) {
                ControlFile.write(
                        directory.resolve("cgroup.subtree_control"), "+" + controller.kernelName());
            }
        }
    }

    private boolean isUnified(Path root) {
        return hierarchies.unified().filter(root::equals).isPresent();
    }

    /** Whether it is there in every hierarchy. */
    public boolean exists() {
        return hierarchies.roots().stream().map(this::below).allMatch(Files::isDirectory);
    }

    private Path below(Path root) {
        return root.resolve(String.join("/", path.segments()));
    }

    /**
     * The directory of a controller of version 1, or that of version 2; empty if neither has it.
     */
    private Optional<Path> directory(Controller controller) {
        var v1 = hierarchies.v1().get(controller);
        return Optional.ofNullable(v1)
                .or(() ->
                        hierarchies.v2().contains(controller)
                                ? hierarchies.unified()
                                : Optional.empty())
                .map(this::below);
    }

    /**
     * Sets limits.
     *
     * @throws CgroupException.MissingController before anything is changed, if one cannot be
     *     enforced
     * @throws CgroupException if the kernel refuses a value
     */
    public void limit(Limits limits) {
        for (var controller : limits.controllers()) {
            if (directory(controller).isEmpty()) {
                throw new CgroupException.MissingController(controller, path);
            }
        }
        directory(Controller.CPU).ifPresent(directory -> limitCpu(directory, limits));
        limits.memory().ifPresent(bytes -> limitMemory(bytes));
        limits.pids().ifPresent(count -> write(Controller.PIDS, "pids.max", orMax(count)));
    }

    private void limitCpu(Path directory, Limits limits) {
        if (isV1(Controller.CPU)) {
            limits.cpuShares()
                    .ifPresent(n -> ControlFile.write(directory.resolve("cpu.shares"), "" + n));
            limits.cpuPeriod()
                    .ifPresent(
                            n -> ControlFile.write(directory.resolve("cpu.cfs_period_us"), "" + n));
            limits.cpuQuota()
                    .ifPresent(
                            n -> ControlFile.write(directory.resolve("cpu.cfs_quota_us"), "" + n));
            return;
        }
        limits.cpuShares()
                .ifPresent(n ->
                        ControlFile.write(directory.resolve("cpu.weight"), "" + Limits.weight(n)));
        if (limits.cpuQuota().isPresent() || limits.cpuPeriod().isPresent()) {
            ControlFile.write(
                    directory.resolve("cpu.max"),
                    orMax(limits.cpuQuota().orElse(-1))
                            + " "
                            + limits.cpuPeriod().orElse(Limits.DEFAULT_PERIOD));
        }
    }

    private void limitMemory(long bytes) {
        if (isV1(Controller.MEMORY)) {
            write(Controller.MEMORY, "memory.limit_in_bytes", Long.toString(bytes));
        } else {
            write(Controller.MEMORY, "memory.max", orMax(bytes));
        }
    }

    private void write(Controller controller, String file, String value) {
        directory(controller)
                .ifPresent(directory -> ControlFile.write(directory.resolve(file), value));
    }

    private boolean isV1(Controller controller) {
        return hierarchies.v1().containsKey(controller);
    }

    private static String orMax(long limit) {
        return limit < 0 ? "max" : Long.toString(limit);
    }

    /**
     * Moves a process with all its threads here, in every hierarchy.
     *
     * @throws CgroupException if there is no such process
     */
    public void add(int pid) {
        for (var root : hierarchies.roots()) {
            ControlFile.write(below(root).resolve("cgroup.procs"), Integer.toString(pid));
        }
    }

    /** The same for one that may have ended: then it needs none. */
    public void addIfAlive(int pid) {
        try {
            add(pid);
        } catch (CgroupException e) {
            if (ProcessHandle.of(pid).isPresent()) {
                throw e;
            }
        }
    }

    /** The processes in here and below, in any hierarchy. */
    public Set<Integer> processes() {
        var pids = new TreeSet<Integer>();
        for (var root : hierarchies.roots()) {
            for (var directory : tree(below(root))) {
                ControlFile.read(directory.resolve("cgroup.procs"))
                        .ifPresent(text -> text.lines().map(Integer::valueOf).forEach(pids::add));
            }
        }
        return pids;
    }

    /** What it uses now. Parts whose files are not there are empty. */
    public Usage usage() {
        return new Usage(cpu(), memory(), pids());
    }

    private Optional<Duration> cpu() {
        if (isV1(Controller.CPUACCT)) {
            var nanos = read(Controller.CPUACCT, "cpuacct.usage");
            return nanos.isPresent()
                    ? Optional.of(Duration.ofNanos(nanos.getAsLong()))
                    : Optional.empty();
        }
        return directory(Controller.CPU)
                .map(directory -> directory.resolve("cpu.stat"))
                .filter(Files::exists)
                .map(file -> Duration.ofNanos(1000 * ControlFile.entry(file, "usage_usec")));
    }

    private Optional<Usage.Memory> memory() {
        boolean v1 = isV1(Controller.MEMORY);
        var usage = read(Controller.MEMORY, v1 ? "memory.usage_in_bytes" : "memory.current");
        if (usage.isEmpty()) {
            return Optional.empty();
        }
        var directory = directory(Controller.MEMORY).orElseThrow();
        var stat = directory.resolve("memory.stat");
        return Optional.of(
                new Usage.Memory(
                        usage.getAsLong(),
                        ControlFile.entry(stat, v1 ? "total_inactive_file" : "inactive_file"),
                        ControlFile.entry(stat, v1 ? "total_rss" : "anon"),
                        ControlFile.limit(
                                directory.resolve(v1 ? "memory.limit_in_bytes" : "memory.max"))));
    }

    /** How often something in here was killed because there was no more memory; 0 if unknown. */
    public long memoryKills() {
        return entry(
                Controller.MEMORY,
                isV1(Controller.MEMORY) ? "memory.oom_control" : "memory.events",
                "oom_kill");
    }

    /** In how many periods its CPU time was used up; 0 if unknown. */
    public long throttled() {
        return entry(Controller.CPU, "cpu.stat", "nr_throttled");
    }

    private long entry(Controller controller, String file, String key) {
        return directory(controller)
                .map(directory -> ControlFile.entry(directory.resolve(file), key))
                .orElse(0L);
    }

    private Optional<Usage.Pids> pids() {
        var current = read(Controller.PIDS, "pids.current");
        return current.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new Usage.Pids(
                                current.getAsLong(),
                                ControlFile.limit(
                                        directory(Controller.PIDS)
                                                .orElseThrow()
                                                .resolve("pids.max"))));
    }

    private OptionalLong read(Controller controller, String file) {
        var directory = directory(controller);
        return directory.isEmpty()
                ? OptionalLong.empty()
                : ControlFile.number(directory.get().resolve(file));
    }

    /**
     * Deletes it with what is below, deepest first. Idempotent. Those above it stay.
     *
     * @param patience how long its last processes may take to go; the kernel needs a moment after a
     *     kill
     * @throws CgroupException.Busy if that is not enough
     */
    public void delete(Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        for (var root : hierarchies.roots()) {
            for (var directory : tree(below(root))) {
                while (!deleteOne(directory)) {
                    if (System.nanoTime() - end > 0) {
                        throw new CgroupException.Busy("cgroup %s is in use".formatted(directory));
                    }
                    Thread.sleep(PAUSE_MILLIS);
                }
            }
        }
    }

    private static boolean deleteOne(Path directory) {
        try {
            Files.delete(directory);
            return true;
        } catch (NoSuchFileException _) {
            return true;
        } catch (DirectoryNotEmptyException e) {
            return false;
        } catch (IOException e) {
            if (String.valueOf(e.getMessage()).contains("busy")) {
                return false;
            }
            throw new CgroupException(
                    "cannot delete cgroup " + directory + ": " + e.getMessage(), e);
        }
    }

    /** A cgroup and those below it, deepest first; none if it is not there. */
    private static List<Path> tree(Path top) {
        if (!Files.isDirectory(top)) {
            return List.of();
        }
        try (var walk = Files.walk(top)) {
            return new ArrayList<>(walk.filter(Files::isDirectory).toList()).reversed();
        } catch (UncheckedIOException e) {
            if (e.getCause() instanceof NoSuchFileException) {
                return tree(top); // One was deleted while we looked.
            }
            throw new CgroupException("cannot list cgroup " + top + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new CgroupException("cannot list cgroup " + top + ": " + e.getMessage(), e);
        }
    }
}
