// SPDX-License-Identifier: Apache-2.0
package io.silica.linux.cgroup;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The controllers that we use. Version 2 has no cpuacct: its cpu controller accounts. */
public enum Controller {
    CPU,
    CPUACCT,
    CPUSET,
    MEMORY,
    PIDS;

    static Optional<Controller> named(String name) {
        return Arrays.stream(values()).filter(c -> c.kernelName().equals(name)).findFirst();
    }

    /** The name in mount options and in cgroup.controllers. */
    String kernelName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
