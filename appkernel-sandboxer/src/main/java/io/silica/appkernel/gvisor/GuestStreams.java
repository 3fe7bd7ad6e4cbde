// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import io.silica.linux.Descriptor;
import io.silica.linux.LinuxException;
import io.silica.linux.OpenFile;
import io.silica.linux.OpenFlag;
import io.silica.linux.Spawn;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Stdio;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The standard streams of a process, for the sentry, which reads and writes them itself. Finding
 * them can block, for as long as whoever owns the paths likes.
 *
 * <p>What is found is not open yet: containerd reads a FIFO until nobody has it open for writing,
 * and then never again, so that a daemon that opened one and died before anybody else had it would
 * have closed it for good. A program that is started with them opens them itself, however it then
 * goes with the daemon.
 *
 * <p>They are blocking, because the guest finds them so: most programs do not reckon with a
 * standard output that is not. A FIFO that is open for both is open at once. Output is opened for
 * reading, too: a containerd that dies then breaks no pipe. Input has an end for writing as long as
 * {@link #input} is open: a containerd that comes late, or again, is no end of it.
 */
final class GuestStreams implements AutoCloseable {
    private static final Path NOTHING = Path.of("/dev/null");
    private static final Path SHELL = Path.of("/bin/sh");

    private final List<Stream> streams = new ArrayList<>();
    private Optional<Descriptor> input = Optional.empty();

    /**
     * One that was found.
     *
     * @param found by {@code O_PATH}
     * @param direction how it is to be opened
     */
    private record Stream(Descriptor found, OpenFlag direction) {
        static Stream find(String who, String path, OpenFlag direction) {
            return new Stream(
                    Descriptor.open(path.isEmpty() ? NOTHING : checked(who, path), OpenFlag.PATH),
                    direction);
        }

        private static Path checked(String who, String stream) {
            if (!stream.startsWith("/")) {
                throw new SandboxException.Unsupported(
                        "a stream of %s is no FIFO: set io_type = \"fifo\" for the runtime"
                                .formatted(who));
            }
            return Path.of(stream);
        }

        /** What was found may be closed meanwhile, when nobody waits any more. */
        Descriptor open() {
            try (var own = found.duplicate()) {
                return OpenFile.reopen(own, direction).descriptor();
            }
        }

        /** How a shell opens it that was given it under a number. */
        String redirection(int number) {
            return "%d%s/proc/self/fd/%d"
                    .formatted(number, direction == OpenFlag.READ ? "<" : "<>", number);
        }
    }

    private GuestStreams() {}

    /**
     * Finds all three, or none.
     *
     * @param who for messages
     * @throws SandboxException.InvalidArgument if one can't be found
     */
    static GuestStreams find(String who, Stdio stdio) {
        return found(
                who,
                it -> {
                    it.streams.add(Stream.find(who, stdio.stdin(), OpenFlag.READ));
                    it.streams.add(Stream.find(who, stdio.stdout(), OpenFlag.READ_WRITE));
                    it.streams.add(Stream.find(who, stdio.stderr(), OpenFlag.READ_WRITE));
                    if (!stdio.stdin().isEmpty()) {
                        it.holdInput();
                    }
                });
    }

    /**
     * Finds the two that a terminal is carried between: its input, which has no end, as a terminal
     * has none, and its output.
     */
    static GuestStreams ofTerminal(String who, Stdio stdio) {
        return found(
                who,
                it -> {
                    it.streams.add(Stream.find(who, stdio.stdin(), OpenFlag.READ_WRITE));
                    it.streams.add(Stream.find(who, stdio.stdout(), OpenFlag.READ_WRITE));
                });
    }

    private static GuestStreams found(String who, Consumer<GuestStreams> finding) {
        var streams = new GuestStreams();
        try {
            finding.accept(streams);
            return streams;
        } catch (LinuxException | InvalidPathException e) {
            streams.close();
            throw new SandboxException.InvalidArgument(
                    "cannot open the streams of " + who + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            streams.close();
            throw e;
        }
    }

    private void holdInput() {
        var found = streams.getFirst();
        input = Optional.of(new Stream(found.found(), OpenFlag.READ_WRITE).open());
    }

    /**
     * Opens all, or none, as descriptors 0, 1 and, where there is no terminal, 2; the caller's.
     * This can block as finding them can.
     *
     * @param who for messages
     * @throws SandboxException.InvalidArgument if one can't be opened
     */
    List<Descriptor> open(String who) {
        var opened = new ArrayList<Descriptor>();
        try {
            streams.stream().map(Stream::open).forEach(opened::add);
            return List.copyOf(opened);
        } catch (LinuxException e) {
            opened.forEach(Descriptor::close);
            throw new SandboxException.InvalidArgument(
                    "cannot open the streams of " + who + ": " + e.getMessage(), e);
        }
    }

    /** A program that has them as its own. */
    Spawn spawn(Path program, String... arguments) {
        var script = new StringBuilder("exec \"$0\" \"$@\"");
        for (int i = 0; i < streams.size(); i++) {
            script.append(' ').append(streams.get(i).redirection(i));
        }
        var all = new ArrayList<String>(List.of("-c", script.toString(), program.toString()));
        all.addAll(List.of(arguments));
        return giveTo(Spawn.of(SHELL, all.toArray(String[]::new)));
    }

    /** Gives them to a program that opens them itself. */
    Spawn giveTo(Spawn spawn) {
        for (int i = 0; i < streams.size(); i++) {
            spawn.descriptor(i, streams.get(i).found());
        }
        return spawn;
    }

    /** What keeps the input open; the caller's from now on. */
    Optional<Descriptor> input() {
        var taken = input;
        input = Optional.empty();
        return taken;
    }

    /** Closes what was not taken. */
    @Override
    public void close() {
        streams.forEach(it -> it.found().close());
        input.ifPresent(Descriptor::close);
    }
}
