// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.quark;

import io.silica.linux.Descriptor;
import io.silica.linux.LinuxException;
import io.silica.linux.OpenFlag;
import io.silica.sandbox.Stdio;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The daemon's ends of FIFOs that Quark itself opens by their names. An end for reading of each
 * output: Quark does not wait there for a reader, and a containerd that dies breaks no pipe. An end
 * for writing of the input: a containerd that comes late, or again, is no end of it.
 */
final class HeldStreams implements AutoCloseable {
    private final List<Descriptor> outputs = new ArrayList<>();
    private Optional<Descriptor> input = Optional.empty();

    private HeldStreams() {}

    /**
     * Opens all, or none. This can block for as long as whoever owns the paths likes.
     *
     * @param who for messages
     * @throws io.silica.sandbox.SandboxException if one can't be opened
     */
    static HeldStreams open(String who, Stdio stdio) {
        return opened(who, stdio, true);
    }

    /** The same for a process that has read its input for a while: that may have been closed. */
    static HeldStreams ofOutput(String who, Stdio stdio) {
        return opened(who, stdio, false);
    }

    private static HeldStreams opened(String who, Stdio stdio, boolean withInput) {
        var held = new HeldStreams();
        try {
            if (withInput && !stdio.stdin().isEmpty()) {
                // A FIFO that is opened for both is open at once.
                held.input =
                        Optional.of(Descriptor.open(Path.of(stdio.stdin()), OpenFlag.READ_WRITE));
            }
            for (var output : List.of(stdio.stdout(), stdio.stderr())) {
                if (!output.isEmpty()) {
                    held.outputs.add(
                            Descriptor.open(Path.of(output), OpenFlag.READ, OpenFlag.NON_BLOCKING));
                }
            }
            return held;
        } catch (LinuxException e) {
            held.close();
            throw QuarkFailure.ofFiles("open the streams of " + who, e);
        }
    }

    void closeInput() {
        input.ifPresent(Descriptor::close);
    }

    @Override
    public void close() {
        closeInput();
        outputs.forEach(Descriptor::close);
    }
}
