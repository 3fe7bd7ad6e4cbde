// SPDX-License-Identifier: Apache-2.0
package io.silica.agent.container;

import io.silica.linux.LinuxException;
import io.silica.linux.Pidfd;
import io.silica.sandbox.SandboxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** The cgroup of a container or of the pod, of version 2: its files, by their names. */
public final class ContainerCgroup {
    private final Path directory;

    /**
     * @param directory where it is, or will be
     */
    public ContainerCgroup(Path directory) {
        this.directory = directory;
    }

    /** The processes in it and not below. */
    public List<Integer> processes() {
        return read("cgroup.procs").lines().map(Integer::valueOf).toList();
    }

    /** Ends all that is in it. */
    public void kill() {
        write("cgroup.kill", "1");
    }

    /** Signals all that is in it, one after the other. */
    public void signal(int signal) {
        if (signal == Pidfd.SIGKILL) {
            kill();
            return;
        }
        for (int pid : processes()) {
            try (var process = Pidfd.open(pid)) {
                process.signal(signal);
            } catch (LinuxException _) {
                // It has ended since.
            }
        }
    }

    /** Stops all that is in it, or lets it go on; waits until it is so. */
    public void freeze(boolean frozen) throws InterruptedException {
        write("cgroup.freeze", frozen ? "1" : "0");
        long end = System.nanoTime() + 5_000_000_000L;
        while ((entry("cgroup.events", "frozen") == 1) != frozen) {
            if (System.nanoTime() - end > 0) {
                throw new SandboxException.TimedOut(
                        "not " + (frozen ? "frozen" : "thawed") + " within 5 s: " + directory);
            }
            Thread.sleep(2);
        }
    }

    /** How often something in it was ended because its memory was used up. */
    public long outOfMemoryKills() {
        return entry("memory.events", "oom_kill");
    }

    /** The number of a line "name number" of a file; 0 if it is not there. */
    public long entry(String file, String name) {
        return entries(file).getOrDefault(name, 0L);
    }

    /** All lines "name number" of a file; none if it is not there. */
    public Map<String, Long> entries(String file) {
        var entries = new HashMap<String, Long>();
        for (var line : read(file).split("\n", -1)) {
            int space = line.indexOf(' ');
            if (space > 0) {
                entries.put(line.substring(0, space), Long.parseLong(line.substring(space + 1)));
            }
        }
        return entries;
    }

    /** The number that a file has; empty if it has none, or "max". */
    public OptionalLong number(String file) {
        var text = read(file).strip();
        return text.isEmpty() || text.equals("max")
                ? OptionalLong.empty()
                : OptionalLong.of(Long.parseLong(text));
    }

    /** Empty if there is no such file. */
    private String read(String file) {
        try {
            return Files.readString(directory.resolve(file));
        } catch (NoSuchFileException _) {
            return "";
        } catch (IOException e) {
            throw new SandboxException.Failed(
                    "cannot read " + file + " of " + directory + ": " + e.getMessage(), e);
        }
    }

    /** Sets what a file controls. */
    public void write(String file, String value) {
        try {
            Files.writeString(directory.resolve(file), value, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new SandboxException.Failed(
                    "cannot write \"%s\" to %s of %s: %s"
                            .formatted(value, file, directory, e.getMessage()),
                    e);
        }
    }
}
