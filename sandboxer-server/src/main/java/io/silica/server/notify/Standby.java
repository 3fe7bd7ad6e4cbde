// SPDX-License-Identifier: Apache-2.0
package io.silica.server.notify;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.silica.linux.Descriptor;
import io.silica.linux.Epoll;
import io.silica.linux.LinuxException;
import io.silica.linux.Poller;
import io.silica.linux.Received;
import io.silica.linux.SocketType;
import io.silica.linux.UnixSocket;
import io.silica.sandbox.SandboxException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * This process as the next life of a daemon that still lives: {@code silica-supervise run
 * --standby} has started it ahead of its time. What it says and hears is in {@code standby.h}. For
 * one thread, at the start.
 */
public final class Standby implements AutoCloseable {
    /** The number of its socket, in the environment. */
    private static final String VARIABLE = "SILICA_STANDBY";

    private static final Duration FOR_EVER = Duration.ofDays(36_500);

    /** Of one message: as many as the kernel lets through, each with a name and a colon. */
    private static final int DESCRIPTORS = 253;

    private static final int BYTES = DESCRIPTORS * 64;

    private final UnixSocket supervisor;

    private Standby(UnixSocket supervisor) {
        this.supervisor = supervisor;
    }

    /** As the environment of this process says; to be asked once. */
    public static Optional<Standby> ofThisProcess() {
        return of(System.getenv(), number -> Descriptor.adopt(number, VARIABLE));
    }

    /** How a number becomes a descriptor. */
    @FunctionalInterface
    interface Opener {
        /**
         * Becomes its owner.
         *
         * @throws LinuxException EBADF if it is not open
         */
        Descriptor open(int number);
    }

    /**
     * As an environment says.
     *
     * @throws SandboxException.InvalidArgument if it names what is not such a socket: to serve
     *     beside the daemon that does would be worse than to end
     */
    static Optional<Standby> of(Map<String, String> environment, Opener opener) {
        var number = environment.get(VARIABLE);
        if (number == null) {
            return Optional.empty();
        }
        try {
            var descriptor = opener.open(Integer.parseInt(number));
            if (UnixSocket.isOne(descriptor, SocketType.SEQPACKET)) {
                return Optional.of(new Standby(new UnixSocket(descriptor)));
            }
            descriptor.take();
        } catch (NumberFormatException | LinuxException _) {
            // Told below.
        }
        throw new SandboxException.InvalidArgument(
                "%s is \"%s\", which is not the socket of a supervisor"
                        .formatted(VARIABLE, number));
    }

    /**
     * Says that this process can take its turn, and waits for that: for as long as the daemon of
     * now lives.
     *
     * @return what that daemon has parked
     * @throws SandboxException.Cancelled if there is no supervisor any more
     */
    public InheritedDescriptors awaitTurn() throws InterruptedException {
        var parked = new ArrayList<Descriptor>();
        try (var arena = Arena.ofConfined();
                var poller = Poller.start("standby")) {
            say("rehearsed", arena);
            var text = arena.allocate(BYTES);
            while (true) {
                poller.await(supervisor.descriptor(), Epoll.READABLE, FOR_EVER);
                Received message = supervisor.receive(text, DESCRIPTORS);
                if (message.descriptors().isEmpty()) {
                    check(message);
                    say("going", arena);
                    return InheritedDescriptors.of(parked);
                }
                name(message, text, parked);
            }
        } catch (SandboxException | InterruptedException e) {
            parked.forEach(Descriptor::close);
            throw e;
        } catch (LinuxException e) {
            parked.forEach(Descriptor::close);
            throw gone(e.getMessage());
        }
    }

    private static void check(Received message) {
        if (message.bytes() < 0) {
            throw gone("it has closed the socket");
        }
    }

    private static SandboxException.Cancelled gone(@Nullable String reason) {
        return new SandboxException.Cancelled(
                "the supervisor of this standby is gone: %s".formatted(reason));
    }

    /** Their names are in the text, each with a colon after it. */
    private static void name(Received message, MemorySegment text, List<Descriptor> parked) {
        var bytes = text.asSlice(0, message.bytes()).toArray(ValueLayout.JAVA_BYTE);
        var names = new String(bytes, UTF_8).split(":", -1);
        for (int i = 0; i < message.descriptors().size(); i++) {
            int number = message.descriptors().get(i).take();
            parked.add(Descriptor.adopt(number, i < names.length ? names[i] : ""));
        }
    }

    private void say(String word, Arena arena) {
        var text = arena.allocateFrom(word, UTF_8);
        supervisor.send(text, 0, text.byteSize() - 1);
    }

    @Override
    public void close() {
        supervisor.close();
    }
}
