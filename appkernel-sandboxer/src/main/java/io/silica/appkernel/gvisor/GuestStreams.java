// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import io.silica.linux.Descriptor;
import io.silica.linux.LinuxException;
import io.silica.linux.OpenFlag;
import io.silica.linux.Spawn;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Stdio;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The standard streams of a process, opened to be handed to the sentry, which reads and writes them
 * itself. Opening can block, for as long as whoever owns the paths likes.
 *
 * <p>They are blocking, because the guest finds them so: most programs do not reckon with a
 * standard output that is not. A FIFO that is open for both is open at once. Output is opened for
 * reading, too: a containerd that dies then breaks no pipe. Input has an end for writing as long as
 * {@link #input} is open: a containerd that comes late, or again, is no end of it.
 */
final class GuestStreams implements AutoCloseable {
    private static final Path NOTHING = Path.of("/dev/null");

    private final List<Descriptor> descriptors = new ArrayList<>();
    private Optional<Descriptor> input = Optional.empty();

    private GuestStreams() {}

    /**
     * Opens all three, or none.
     *
     * @param who for messages
     * @throws SandboxException.InvalidArgument if one can't be opened
     */
    static GuestStreams open(String who, Stdio stdio) {
        return opened(
                who,
                it -> {
                    it.openInput(who, stdio.stdin());
                    it.descriptors.add(both(who, stdio.stdout()));
                    it.descriptors.add(both(who, stdio.stderr()));
                });
    }

    /**
     * Opens the two that a terminal is carried between: its input, which has no end, as a terminal
     * has none, and its output.
     */
    static GuestStreams ofTerminal(String who, Stdio stdio) {
        return opened(
                who,
                it -> {
                    it.descriptors.add(both(who, stdio.stdin()));
                    it.descriptors.add(both(who, stdio.stdout()));
                });
    }

    private static GuestStreams opened(String who, Consumer<GuestStreams> opening) {
        var streams = new GuestStreams();
        try {
            opening.accept(streams);
            return streams;
        } catch (LinuxException e) {
            streams.close();
            throw new SandboxException.InvalidArgument(
                    "cannot open the streams of " + who + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            streams.close();
            throw e;
        }
    }

    private void openInput(String who, String stdin) {
        if (stdin.isEmpty()) {
            descriptors.add(Descriptor.open(NOTHING, OpenFlag.READ));
            return;
        }
        var path = path(who, stdin);
        input = Optional.of(Descriptor.open(path, OpenFlag.READ_WRITE));
        descriptors.add(Descriptor.open(path, OpenFlag.READ));
    }

    private static Descriptor both(String who, String stream) {
        return stream.isEmpty()
                ? Descriptor.open(NOTHING, OpenFlag.READ_WRITE)
                : Descriptor.open(path(who, stream), OpenFlag.READ_WRITE);
    }

    private static Path path(String who, String stream) {
        if (!stream.startsWith("/")) {
            throw new SandboxException.Unsupported(
                    "a stream of %s is no FIFO: set io_type = \"fifo\" for the runtime"
                            .formatted(who));
        }
        return Path.of(stream);
    }

    /** As descriptors 0, 1 and, where there is no terminal, 2. */
    List<Descriptor> descriptors() {
        return List.copyOf(descriptors);
    }

    void giveTo(Spawn spawn) {
        for (int i = 0; i < descriptors.size(); i++) {
            spawn.descriptor(i, descriptors.get(i));
        }
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
        descriptors.forEach(Descriptor::close);
        input.ifPresent(Descriptor::close);
    }
}
