// SPDX-License-Identifier: Apache-2.0
package io.silica.linux.leaks;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Live threads: platform threads outside the JVM's own groups, and virtual threads that have a
 * name. The only list of virtual threads that the JDK gives is in a thread dump.
 */
final class ThreadProbe implements Probe {
    /**
     * The last two end by themselves a second or two after their last use: netty's for the whole
     * JVM, and idle ones of the server's for calls that can block. One that is busy has another
     * name.
     */
    private static final Pattern HOUSEKEEPING =
            Pattern.compile(
                    "ForkJoinPool.*|junit-.*|surefire.*|process reaper.*|Cleaner-.*|HandshakeCompletedNotify.*"
                            + "|VirtualThread-unparker.*|.*-Poller|Attach Listener|globalEventExecutor-.*|blocking-\\d+");

    private static final Pattern VIRTUAL =
            Pattern.compile(
                    "\\{[^{}]*\"virtual\": *\"?true\"?[^{}]*\"name\": *\"([^\"]+)\""
                            + "|\\{[^{}]*\"name\": *\"([^\"]+)\"[^{}]*\"virtual\": *\"?true");

    @Override
    public String kind() {
        return "threads";
    }

    @Override
    public List<String> look() throws IOException {
        var found = new ArrayList<String>();
        for (var thread : Thread.getAllStackTraces().keySet()) {
            var group = thread.getThreadGroup();
            if (group != null && isOurs(thread.getName(), group.getName())) {
                found.add(thread.getName());
            }
        }
        found.addAll(virtualThreads());
        return found;
    }

    private static boolean isOurs(String name, String group) {
        return !group.equals("system")
                && !group.startsWith("Innocuous")
                && !group.equals("CarrierThreads")
                && !HOUSEKEEPING.matcher(name).matches();
    }

    private static List<String> virtualThreads() throws IOException {
        var file = Files.createTempFile("threads", ".json");
        try {
            Files.delete(file);
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                    .dumpThreads(file.toString(), ThreadDumpFormat.JSON);
            return VIRTUAL.matcher(Files.readString(file))
                    .results()
                    .map(found -> found.group(1) == null ? found.group(2) : found.group(1))
                    .filter(name -> !HOUSEKEEPING.matcher(name).matches())
                    .map(name -> name + " (virtual)")
                    .toList();
        } finally {
            Files.deleteIfExists(file);
        }
    }
}
