// SPDX-License-Identifier: Apache-2.0
package io.silica.server.cli;

import io.silica.linux.cgroup.Hierarchies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What was looked for on this machine, in order. */
public final class Findings {
    private final List<Finding> all = new ArrayList<>();

    /** All so far. */
    public List<Finding> all() {
        return List.copyOf(all);
    }

    /** Whether everything so far is as it must be. */
    public boolean ok() {
        return all.stream().allMatch(Finding::ok);
    }

    /** Adds one that was looked for elsewhere. */
    public void add(String name, boolean ok, String found, String advice) {
        all.add(new Finding(name, ok, found, advice));
    }

    /** Whether the daemon has the rights that it needs. */
    public void root(boolean root) {
        add(
                "root",
                root,
                root ? "we are" : "we are not",
                "run it, and the daemon, as root: pods get mounts, namespaces and cgroups");
    }

    /** Looks for a program. */
    public void program(String name, Path program, String advice) {
        boolean there = Files.isRegularFile(program) && Files.isExecutable(program);
        add(name, there, there ? program.toString() : "there is none at " + program, advice);
    }

    /** Looks for a file of any sort. */
    public void file(String name, Path file, String advice) {
        boolean there = Files.exists(file);
        add(name, there, there ? file.toString() : "there is no " + file, advice);
    }

    /**
     * Looks for a program in several places.
     *
     * @param path directories with colons between them
     */
    public void onPath(String name, String path, String advice) {
        var found =
                Arrays.stream(path.split(":", 0))
                        .map(it -> Path.of(it, name))
                        .filter(Files::isExecutable)
                        .findFirst();
        add(name, found.isPresent(), found.map(Path::toString).orElse("not on the PATH"), advice);
    }

    /** Looks for cgroups that can be written to. */
    public void cgroups() {
        try {
            var hierarchies = Hierarchies.detect();
            boolean ok = hierarchies.isWritable();
            add(
                    "cgroups",
                    ok,
                    ok ? "version " + hierarchies.mode() : "there are none that can be written to",
                    "mount the cgroups of this machine: without them no limit of a pod holds");
        } catch (IOException e) {
            add("cgroups", false, String.valueOf(e.getMessage()), "mount those of this machine");
        }
    }
}
