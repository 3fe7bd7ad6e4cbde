// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.confinement;

import io.silica.linux.Child;
import io.silica.linux.Descriptor;
import io.silica.linux.Epoll;
import io.silica.linux.LinuxException;
import io.silica.linux.Pidfd;
import io.silica.linux.Pipe;
import io.silica.linux.Poller;
import io.silica.linux.ProcessIdentity;
import io.silica.linux.Spawn;
import io.silica.sandbox.SandboxException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * A process that was started confined. Closing it lets go of it: it lives on.
 *
 * <p>Any thread may call any method; {@link #close} waits a moment for what ends with the process.
 */
public final class ConfinedProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Pattern CHILD = Pattern.compile("\"child-pid\"\\s*:\\s*(\\d+)");

    private final Child launcher;
    private final ProcessIdentity identity;
    private final Pidfd pidfd;
    private final Poller poller;
    private final Poller.Watch watch;

    private ConfinedProcess(Child launcher, ProcessIdentity identity, Pidfd pidfd, Poller poller) {
        this.launcher = launcher;
        this.identity = identity;
        this.pidfd = pidfd;
        this.poller = poller;
        this.watch =
                poller.watch(
                        launcher.pidfd().descriptor(), Epoll.READABLE, () -> collect(launcher));
    }

    /**
     * What is started.
     *
     * @param program a path, which is the same inside
     * @param arguments that it is given
     * @param environment all of it
     * @param descriptors by the numbers that it has them under; 0 to 2 are /dev/null if they are
     *     not among them
     */
    public record Program(
            Path program,
            List<String> arguments,
            Map<String, String> environment,
            Map<Integer, Descriptor> descriptors) {
        public Program {
            arguments = List.copyOf(arguments);
            environment = Map.copyOf(environment);
            descriptors = Map.copyOf(descriptors);
        }

        /** The first of the numbers that are above all of its own. */
        private int free() {
            return 1 + descriptors.keySet().stream().mapToInt(n -> n).reduce(2, Math::max);
        }
    }

    /**
     * Starts it, in a session of its own.
     *
     * @throws SandboxException.Unavailable if it can't be confined
     */
    public static ConfinedProcess start(Confinement confinement, Program program, Poller poller) {
        return start(confinement, program, poller, _ -> {});
    }

    /**
     * The same for one that belongs somewhere, such as into a cgroup.
     *
     * @param place puts the process there, before it becomes the program: what that takes is
     *     counted there from the beginning. When it throws, nothing is started
     */
    public static ConfinedProcess start(
            Confinement confinement,
            Program program,
            Poller poller,
            Consumer<ProcessIdentity> place) {
        var bubblewrap = Bubblewrap.required();
        try (var status = Pipe.open();
                var filter = Pipe.open();
                var gate = Pipe.open()) {
            confinement.filter().ifPresent(it -> write(filter.writer(), it.program()));
            var inherited =
                    new Inherited(
                            status.writer(),
                            gate.reader(),
                            confinement.filter().map(_ -> filter.reader()));
            var launcher = spawn(bubblewrap, confinement, program, inherited).start();
            status.writer().close();
            var process = found(launcher, status.reader(), poller);
            process.place(place);
            return process;
        } catch (LinuxException e) {
            throw new SandboxException.Unavailable("cannot start a confined process", e);
        }
    }

    /**
     * What bubblewrap itself is given.
     *
     * @param status where it says which process it has made
     * @param gate at whose end that process becomes the program
     * @param filter from where it reads the system call filter
     */
    private record Inherited(Descriptor status, Descriptor gate, Optional<Descriptor> filter) {}

    private static Spawn spawn(
            Path bubblewrap, Confinement confinement, Program program, Inherited inherited) {
        int first = program.free();
        var arguments = confinement.arguments();
        arguments.addAll(List.of("--json-status-fd", Integer.toString(first)));
        arguments.addAll(List.of("--block-fd", Integer.toString(first + 1)));
        if (inherited.filter().isPresent()) {
            arguments.addAll(List.of("--seccomp", Integer.toString(first + 2)));
        }
        arguments.addAll(List.of("--", program.program().toString()));
        arguments.addAll(program.arguments());
        var spawn =
                Spawn.of(bubblewrap, arguments.toArray(String[]::new))
                        .environment(program.environment())
                        .directory(Path.of("/"))
                        .newSession()
                        .descriptor(first, inherited.status())
                        .descriptor(first + 1, inherited.gate());
        program.descriptors().forEach(spawn::descriptor);
        inherited.filter().ifPresent(filter -> spawn.descriptor(first + 2, filter));
        return spawn;
    }

    /** It waits at the gate meanwhile, which opens when we let go of it. */
    private void place(Consumer<ProcessIdentity> place) {
        try {
            place.accept(identity);
        } catch (RuntimeException e) {
            end();
            throw e;
        }
    }

    /** Kills it, if it lives, waits for that and lets go of it. */
    public void end() {
        pidfd.signal(Pidfd.SIGKILL);
        try {
            boolean _ = await(pidfd.descriptor(), poller);
        } finally {
            close();
        }
    }

    /** A filter is a small part of what a pipe holds. */
    private static void write(Descriptor pipe, byte[] bytes) {
        try (var arena = Arena.ofConfined()) {
            var buffer = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
            if (pipe.write(buffer, 0, bytes.length) != bytes.length) {
                throw new IllegalStateException("a pipe takes a part of a system call filter");
            }
        }
        pipe.close();
    }

    private static ConfinedProcess found(Child launcher, Descriptor status, Poller poller) {
        try {
            var identity =
                    child(status, poller)
                            .flatMap(ProcessIdentity::of)
                            .orElseThrow(ConfinedProcess::ended);
            var pidfd = Pidfd.open(identity).orElseThrow(ConfinedProcess::ended);
            return new ConfinedProcess(launcher, identity, pidfd, poller);
        } catch (RuntimeException e) {
            launcher.pidfd().signal(Pidfd.SIGKILL);
            awaitEnd(launcher, poller);
            launcher.close();
            throw e;
        }
    }

    private static SandboxException ended() {
        return new SandboxException.Unavailable(
                "a confined process ended when it had just begun: what bwrap said of it is in the log");
    }

    /** Which process bubblewrap says that it has made; empty if it ends without a word. */
    private static Optional<Integer> child(Descriptor status, Poller poller) {
        var text = new StringBuilder();
        try (var arena = Arena.ofConfined()) {
            var buffer = arena.allocate(512);
            while (text.indexOf("\n") < 0) {
                int count = await(status, poller) ? status.read(buffer, 0, buffer.byteSize()) : -1;
                if (count < 0) {
                    return Optional.empty();
                }
                text.append(text(buffer, count));
            }
        }
        var matcher = CHILD.matcher(text);
        return matcher.find() ? Optional.of(Integer.valueOf(matcher.group(1))) : Optional.empty();
    }

    private static String text(MemorySegment buffer, int count) {
        return new String(
                buffer.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.US_ASCII);
    }

    private static boolean await(Descriptor descriptor, Poller poller) {
        try {
            return poller.await(descriptor, Epoll.READABLE, PATIENCE);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new SandboxException.Cancelled("interrupted while a process was confined");
        }
    }

    /** Who it is, in our pid namespace. */
    public ProcessIdentity identity() {
        return identity;
    }

    /** For signals and for waiting; it stays the property of this. */
    public Pidfd pidfd() {
        return pidfd;
    }

    /** Its end is its launcher's, whose status is ours to collect. */
    @Override
    public void close() {
        watch.close();
        if (pidfd.hasExited()) {
            awaitEnd(launcher, poller);
        }
        pidfd.close();
        launcher.close();
    }

    private static void awaitEnd(Child launcher, Poller poller) {
        if (await(launcher.pidfd().descriptor(), poller)) {
            collect(launcher);
        }
    }

    private static void collect(Child launcher) {
        try {
            launcher.status();
        } catch (LinuxException _) {
            // Somebody else has collected it.
        }
    }
}
