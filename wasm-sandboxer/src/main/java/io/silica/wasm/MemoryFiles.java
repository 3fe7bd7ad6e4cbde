// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.linux.DetachedMount;
import io.silica.linux.DetachedMount.Option;
import io.silica.sandbox.MountSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * A file system in memory, as a container's specification asks for it. What is written there is
 * memory of the worker, and so of its pod if the worker is the pod's own: it is bounded also where
 * the specification does not say so.
 */
final class MemoryFiles {
    /** The type of the mount. */
    static final String TYPE = "tmpfs";

    private static final Option SIZE = new Option("size", "64m");

    /** Of which each takes about a kibibyte of the kernel's memory. */
    private static final Option FILES = new Option("nr_inodes", "16k");

    private MemoryFiles() {}

    /**
     * Makes it, empty and at no path.
     *
     * @throws io.silica.linux.LinuxException naming an option that makes no sense
     */
    static DetachedMount mount(MountSpec spec) {
        // What is said comes later and is stronger; a flag is of the mount and not of the files.
        var options = new ArrayList<>(List.of(SIZE, FILES));
        for (var option : spec.options()) {
            int end = option.indexOf('=');
            if (end > 0) {
                options.add(new Option(option.substring(0, end), option.substring(end + 1)));
            }
        }
        return DetachedMount.create(TYPE, TYPE, options);
    }
}
