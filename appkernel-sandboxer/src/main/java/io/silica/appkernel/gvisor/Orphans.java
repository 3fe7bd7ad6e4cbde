// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import io.silica.linux.Child;
import io.silica.linux.LinuxException;
import io.silica.linux.Poller;
import io.silica.linux.Subreaper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Collects the processes that runsc leaves behind. They become our children when the command that
 * started them ends, or the sentry; without somebody who collects them at once, runsc waits for
 * seconds for what has ended already. They are told from the children of others in this process by
 * their name and their session, which is that of a command of runsc.
 *
 * <p>Those of an earlier life of the daemon are its parent's to collect. Any thread may call.
 */
final class Orphans implements AutoCloseable {
    /** Those of runsc execute themselves by /proc/self/exe, which is what they are called by. */
    private static final Set<String> NAMES = Set.of("exe\n", Terminal.PROGRAM + '\n');

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final int SESSION = 4;

    private final Poller poller;
    private final String ownSession = session(ProcessHandle.current().pid());
    private final Map<Integer, Child> watched = new ConcurrentHashMap<>();

    Orphans(Poller poller) {
        this.poller = poller;
        Subreaper.enable();
    }

    /** Looks for new ones. */
    synchronized void look() {
        for (int pid : Subreaper.children()) {
            if (isOne(pid) && !watched.containsKey(pid)) {
                watch(pid);
            }
        }
    }

    private void watch(int pid) {
        try {
            var orphan = Child.adopt(pid);
            watched.put(pid, orphan);
            var _ = orphan.onExit(poller, _ -> collected(orphan));
        } catch (LinuxException _) {
            // It is gone.
        }
    }

    /** What it had started is ours now. */
    private synchronized void collected(Child orphan) {
        watched.remove(orphan.pid());
        orphan.close();
        look();
        notifyAll();
    }

    /**
     * Waits until the processes are gone that ran the guest's code for a sentry that has ended:
     * they end by themselves a little later, and hold the network namespace until then.
     */
    synchronized void awaitGuests() {
        long end = System.nanoTime() + PATIENCE.toNanos();
        look();
        try {
            while (hasGuests()) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0) {
                    return;
                }
                wait(left);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean hasGuests() {
        return watched.keySet().stream().anyMatch(Orphans::hasNoArguments);
    }

    private boolean isOne(int pid) {
        return NAMES.contains(content(pid, "comm")) && !session(pid).equals(ownSession);
    }

    /** The fourth field behind the name, which may hold spaces and parentheses (proc(5)). */
    private static String session(long pid) {
        var stat = content(pid, "stat");
        var fields = stat.substring(stat.lastIndexOf(')') + 1).split(" ", 6);
        return fields.length > SESSION ? fields[SESSION] : "";
    }

    /** Unlike a sentry, and unlike what serves it files. */
    private static boolean hasNoArguments(int pid) {
        return content(pid, "cmdline").isEmpty();
    }

    private static String content(long pid, String name) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), name));
        } catch (IOException _) {
            return "";
        }
    }

    /** Lets go of those that live on. */
    @Override
    public void close() {
        watched.values().forEach(Child::close);
        watched.clear();
    }
}
