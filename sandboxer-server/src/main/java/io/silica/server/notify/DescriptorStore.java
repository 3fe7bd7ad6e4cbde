// SPDX-License-Identifier: Apache-2.0
package io.silica.server.notify;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.silica.linux.Descriptor;
import io.silica.linux.Epoll;
import io.silica.linux.LinuxException;
import io.silica.linux.Pipe;
import io.silica.linux.Poller;
import io.silica.linux.UnixAddress;
import io.silica.linux.UnixDatagram;
import io.silica.sandbox.SandboxException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The descriptors that the service manager keeps for the next life of this daemon. It takes copies:
 * ours stay ours.
 *
 * <p>Any thread may call any method. One that waits, waits in Java, and for a bounded time. A
 * service manager closes without a word what exceeds its maximum; so the maximum is kept here, and
 * who does not tell it (systemd before version 254, unless the unit sets {@code FDSTORE}) is taken
 * to keep nothing.
 */
public final class DescriptorStore {
    /** How long the service manager may take to confirm. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final String NAME = "[A-Za-z0-9._-]{1,32}";

    private final NotifyEnvironment environment;
    private final Poller poller;
    private final Duration patience;
    private final Set<String> names = new LinkedHashSet<>();

    private DescriptorStore(NotifyEnvironment environment, Poller poller, Duration patience) {
        this.environment = environment;
        this.poller = poller;
        this.patience = patience;
    }

    static DescriptorStore of(NotifyEnvironment environment, Poller poller) {
        return of(environment, poller, PATIENCE);
    }

    static DescriptorStore of(NotifyEnvironment environment, Poller poller, Duration patience) {
        return new DescriptorStore(environment, poller, patience);
    }

    /** How many it keeps; 0 if there is nobody who would. */
    public int capacity() {
        return environment.socket().isPresent() ? environment.storeCapacity().orElse(0) : 0;
    }

    /** The names of those in it that begin so. */
    public synchronized Set<String> names(String prefix) {
        return names.stream()
                .filter(it -> it.startsWith(prefix))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** How many are in it. */
    public synchronized int count() {
        return names.size();
    }

    /**
     * Parks a copy, and returns when the service manager has it for certain.
     *
     * @param name by which it is found in the next life: at most 32 letters, digits and {@code
     *     ._-}; 12 are better, because all names together have 128 KiB
     * @throws SandboxException.AlreadyExists if the name is taken
     * @throws SandboxException.Exhausted if there is no room: nothing was sent
     * @throws SandboxException.Unavailable if the service manager cannot be reached
     * @throws SandboxException.TimedOut if it does not confirm
     */
    public void park(String name, Descriptor descriptor) throws InterruptedException {
        if (!name.matches(NAME)) {
            throw new IllegalArgumentException("not a name for a descriptor: " + name);
        }
        reserve(name);
        try {
            send("FDSTORE=1\nFDPOLL=0\nFDNAME=" + name, List.of(descriptor));
            confirm(name);
        } catch (SandboxException | InterruptedException e) {
            remove(name);
            throw e;
        }
    }

    /** Says that the service manager has handed back the one of that name, and keeps it still. */
    public synchronized void keeps(String name) {
        names.add(name);
    }

    /** Takes all of that name out; what cannot be told to the service manager stays there. */
    public void remove(String name) {
        synchronized (this) {
            names.remove(name);
        }
        try {
            send("FDSTOREREMOVE=1\nFDNAME=" + name, List.of());
        } catch (SandboxException _) {
            // The service manager is gone, or takes nothing: so there is nobody to keep it.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** As {@link #remove}, for what was handed back and nobody wants, unless the name is in use. */
    public void removeUnknown(String name) {
        synchronized (this) {
            if (names.contains(name)) {
                return;
            }
        }
        remove(name);
    }

    private synchronized void reserve(String name) {
        if (names.contains(name)) {
            throw new SandboxException.AlreadyExists(
                    "cannot park descriptor \"%s\": the name is taken".formatted(name));
        }
        if (names.size() >= capacity()) {
            throw new SandboxException.Exhausted(
                    "cannot park descriptor \"%s\": the service manager keeps %d"
                            .formatted(name, capacity()));
        }
        names.add(name);
    }

    /** The service manager closes its end of the pipe when it has come so far. */
    private void confirm(String name) throws InterruptedException {
        try (var pipe = Pipe.open()) {
            send("BARRIER=1", List.of(pipe.writer()));
            pipe.writer().close();
            if (!poller.await(pipe.reader(), Epoll.READABLE, patience)) {
                throw new SandboxException.TimedOut(
                        "cannot park descriptor \"%s\": the service manager does not answer"
                                .formatted(name));
            }
        }
    }

    private void send(String text, List<Descriptor> descriptors) throws InterruptedException {
        var socket =
                environment
                        .socket()
                        .orElseThrow(() ->
                                new SandboxException.Unavailable("there is no service manager"));
        try (var datagram = UnixDatagram.to(UnixAddress.parse(socket))) {
            long deadline = System.nanoTime() + patience.toNanos();
            while (!datagram.send(text.getBytes(UTF_8), descriptors)) {
                awaitRoom(datagram, Duration.ofNanos(deadline - System.nanoTime()));
            }
        } catch (LinuxException e) {
            throw new SandboxException.Unavailable(
                    "cannot reach the service manager at %s: %s".formatted(socket, e.getMessage()),
                    e);
        }
    }

    private void awaitRoom(UnixDatagram datagram, Duration left) throws InterruptedException {
        if (!poller.await(datagram.descriptor(), Epoll.WRITABLE, left)) {
            throw new SandboxException.TimedOut("the queue of the service manager stays full");
        }
    }
}
