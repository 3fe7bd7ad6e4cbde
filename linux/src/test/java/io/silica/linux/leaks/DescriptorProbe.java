// SPDX-License-Identifier: Apache-2.0
package io.silica.linux.leaks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Open descriptors of this JVM, by what they refer to; those that the JVM opens for itself are left
 * out.
 */
final class DescriptorProbe implements Probe {
    private static final Pattern OF_THE_JVM =
            Pattern.compile(
                    ".*\\.(jar|jsa|so(\\.\\d+)*)|/dev/u?random|/proc/\\d+/fd|/sys/fs/cgroup/.*|.*/lib/modules"
                            + "|/proc/(self|\\d+)/(mountinfo|cgroup|stat|status|maps|smaps).*");

    @Override
    public String kind() {
        return "descriptors";
    }

    @Override
    public List<String> look() throws IOException {
        var found = new ArrayList<String>();
        try (var numbers = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (var number : numbers) {
                try {
                    var target = Files.readSymbolicLink(number).toString();
                    if (!OF_THE_JVM.matcher(target).matches()) {
                        found.add(target);
                    }
                } catch (IOException _) {
                    // It was closed since the directory was read.
                }
            }
        }
        return found;
    }
}
