// SPDX-License-Identifier: Apache-2.0
package io.silica.server.notify;

import io.silica.linux.Descriptor;
import io.silica.linux.FileStatus;
import io.silica.linux.FileType;
import io.silica.linux.LinuxException;
import io.silica.linux.SocketType;
import io.silica.linux.UnixAddress;
import io.silica.linux.UnixListener;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The descriptors that the service manager kept for this process and has handed back to it
 * (sd_listen_fds(3)). What the environment says of them is checked: a lie is logged, and costs what
 * it lies about only. For one thread, at the start.
 */
public final class InheritedDescriptors {
    private static final System.Logger LOG = System.getLogger(InheritedDescriptors.class.getName());

    /** The number of the first one (SD_LISTEN_FDS_START). */
    private static final int FIRST = 3;

    private static final int MOST = 1 << 20;

    private final List<Descriptor> descriptors;

    private InheritedDescriptors(List<Descriptor> descriptors) {
        this.descriptors = descriptors;
    }

    /** As the environment of this process says; to be asked once. */
    public static InheritedDescriptors ofThisProcess() {
        return of(System.getenv(), ProcessHandle.current().pid(), Descriptor::adopt);
    }

    /** None. */
    public static InheritedDescriptors none() {
        return of(List.of());
    }

    /** Those that came otherwise, each with its name as its label. */
    static InheritedDescriptors of(List<Descriptor> descriptors) {
        return new InheritedDescriptors(new ArrayList<>(descriptors));
    }

    /** How a number becomes a descriptor of a name. */
    @FunctionalInterface
    interface Opener {
        /**
         * Becomes its owner.
         *
         * @throws LinuxException EBADF if it is not open
         */
        Descriptor open(int number, String name);
    }

    static InheritedDescriptors of(Map<String, String> environment, long processId, Opener opener) {
        var owner = environment.get("LISTEN_PID");
        if (owner == null) {
            return new InheritedDescriptors(new ArrayList<>());
        }
        if (!owner.equals(Long.toString(processId))) {
            warn(
                    "LISTEN_PID is %s and this is process %d: nothing is inherited"
                            .formatted(owner, processId));
            return new InheritedDescriptors(new ArrayList<>());
        }
        return new InheritedDescriptors(open(names(environment), opener));
    }

    /**
     * Takes the listening Unix socket of that name.
     *
     * @return empty if there is none, or if it is something else or elsewhere
     */
    public Optional<UnixListener> takeListener(String name, Path boundTo) {
        var found = take(name);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        if (!UnixListener.isOne(found.get(), SocketType.STREAM)) {
            warn("the inherited descriptor %s is not a listening socket".formatted(found.get()));
            discard(found.get());
            return Optional.empty();
        }
        var listener = new UnixListener(found.get());
        if (!listener.isBoundTo(UnixAddress.of(boundTo)) || !Files.exists(boundTo)) {
            warn("the inherited socket %s is not the one at %s".formatted(found.get(), boundTo));
            listener.close();
            return Optional.empty();
        }
        return Optional.of(listener);
    }

    /** Takes the first descriptor of that name; it is the caller's from now on. */
    public Optional<Descriptor> take(String name) {
        for (Iterator<Descriptor> all = descriptors.iterator(); all.hasNext(); ) {
            var descriptor = all.next();
            if (descriptor.label().equals(name)) {
                all.remove();
                return Optional.of(descriptor);
            }
        }
        return Optional.empty();
    }

    /**
     * Closes those whose names begin so, without a word.
     *
     * @return their names
     */
    public List<String> closeNamed(String prefix) {
        var named = descriptors.stream().filter(it -> it.label().startsWith(prefix)).toList();
        named.forEach(InheritedDescriptors::discard);
        descriptors.removeAll(named);
        return named.stream().map(Descriptor::label).toList();
    }

    /**
     * Closes what nobody has taken.
     *
     * @return its names
     */
    public List<String> closeRest() {
        var names = descriptors.stream().map(Descriptor::label).toList();
        for (var descriptor : descriptors) {
            warn("nobody knows the inherited descriptor %s".formatted(descriptor));
            discard(descriptor);
        }
        descriptors.clear();
        return names;
    }

    /** How many there are by both counts. More are not looked at: they would be this JVM's own. */
    private static List<String> names(Map<String, String> environment) {
        var count = environment.getOrDefault("LISTEN_FDS", "");
        var text = environment.getOrDefault("LISTEN_FDNAMES", "");
        var names = text.isEmpty() ? List.<String>of() : Arrays.asList(text.split(":", -1));
        int told = count.matches("\\d{1,7}") ? Integer.parseInt(count) : 0;
        if (told != names.size()) {
            warn(
                    "LISTEN_FDS is \"%s\" and LISTEN_FDNAMES has %d names"
                            .formatted(count, names.size()));
        }
        return names.subList(0, Math.min(Math.min(told, MOST), names.size()));
    }

    private static List<Descriptor> open(List<String> names, Opener opener) {
        var descriptors = new ArrayList<Descriptor>();
        for (int i = 0; i < names.size(); i++) {
            try {
                descriptors.add(opener.open(FIRST + i, names.get(i)));
            } catch (LinuxException e) {
                warn(
                        "descriptor %d was to be inherited: %s"
                                .formatted(FIRST + i, e.errno().reason()));
            }
        }
        return descriptors;
    }

    /**
     * Closes what can only have been inherited. A number that is a file's may be one that this JVM
     * has opened since, if the environment lies.
     */
    private static void discard(Descriptor descriptor) {
        if (isSocketOrPipe(descriptor)) {
            descriptor.close();
        } else {
            warn("leaving descriptor %s open, which may be this JVM's own".formatted(descriptor));
            descriptor.take();
        }
    }

    private static boolean isSocketOrPipe(Descriptor descriptor) {
        var type = FileStatus.of(descriptor).type();
        return type == FileType.SOCKET || type == FileType.FIFO;
    }

    private static void warn(String message) {
        LOG.log(Level.WARNING, message);
    }
}
