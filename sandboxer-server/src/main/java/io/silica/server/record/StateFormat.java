// SPDX-License-Identifier: Apache-2.0
package io.silica.server.record;

import io.silica.sandbox.SandboxException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import tools.jackson.core.JacksonException;

/**
 * In which format a state directory is written. Each program reads two: its own, the newest that it
 * knows, and the one before. A program that is new to a directory goes on writing what the program
 * before reads, so that this one can be put back with all pods, until the operator commits the
 * upgrade. The file {@code format} says so:
 *
 * <pre>{"format":1,"newest":2,"program":"0.2.0"}</pre>
 *
 * @param format what is written
 * @param newest what could be written by the program that used the directory last
 * @param program its version
 */
public record StateFormat(int format, int newest, String program) {
    private static final System.Logger LOG = System.getLogger(StateFormat.class.getName());
    private static final String FILE = "format";
    private static final int MOST_BYTES = 4096;
    static final RecordForm<StateFormat> FORM = new Form();

    public StateFormat {
        if (format < 1 || newest < 1 || program == null) {
            throw new IllegalArgumentException("no formats: %d and %d".formatted(format, newest));
        }
    }

    /**
     * Finds out in which format this program is to write a directory, and notes that it has it now.
     *
     * @param directory the daemon's, which it has taken
     * @param newest the newest format that this program knows
     * @param program its version
     * @throws SandboxException.Unsupported if it knows neither the directory's format nor the one
     *     after; nothing is changed then
     * @throws SandboxException.Failed if the note cannot be read or written
     */
    public static StateFormat settle(Path directory, int newest, String program) {
        Path file = directory.resolve(FILE);
        try {
            int format =
                    Files.exists(file, LinkOption.NOFOLLOW_LINKS) ? read(file, newest) : newest;
            var settled = new StateFormat(format, newest, program);
            write(directory, settled);
            return settled;
        } catch (IOException e) {
            throw new SandboxException.Failed(
                    "cannot settle the format of " + directory + ": " + e.getMessage(), e);
        }
    }

    private static int read(Path file, int newest) throws IOException {
        Optional<StateFormat> noted = read(file);
        if (noted.isEmpty()) {
            // What the program before reads, this one reads as well.
            LOG.log(Level.WARNING, "{0} cannot be read and is written anew", file);
            return Math.max(1, newest - 1);
        }
        int format = noted.get().format;
        if (format != newest && format != newest - 1) {
            throw new SandboxException.Unsupported(refusal(file, noted.get(), newest));
        }
        return format;
    }

    private static Optional<StateFormat> read(Path file) throws IOException {
        try {
            byte[] content = RecordFile.read(file, MOST_BYTES);
            return Optional.of(FORM.read(Members.of(content)));
        } catch (JacksonException | IllegalArgumentException | UntrustedRecordException _) {
            return Optional.empty();
        }
    }

    private static String refusal(Path file, StateFormat noted, int newest) {
        String whatToDo =
                noted.format > newest
                        ? "start that program, or a newer one"
                        : "start a program in between first, and commit it with sandboxctl upgrade --commit";
        return "cannot use %s: program %s has written it in format %d, and this one knows %s: %s"
                .formatted(
                        file.getParent(),
                        noted.program,
                        noted.format,
                        newest > 1 ? (newest - 1) + " and " + newest : "1",
                        whatToDo);
    }

    private static void write(Path directory, StateFormat settled) throws IOException {
        Path unfinished = directory.resolve("." + FILE + ".tmp");
        Files.deleteIfExists(unfinished);
        try (FileChannel channel = PrivateDirectory.createFile(unfinished)) {
            var rest = ByteBuffer.wrap(MemberWriter.object(FORM, settled));
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            channel.force(true);
        }
        Files.move(unfinished, directory.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
        PrivateDirectory.sync(directory);
    }

    private static final class Form implements RecordForm<StateFormat> {
        @Override
        public void write(StateFormat it, MemberWriter to) {
            to.number("format", it.format())
                    .number("newest", it.newest())
                    .text("program", it.program());
        }

        @Override
        public StateFormat read(Members from) {
            return new StateFormat(
                    from.smallNumber("format"), from.smallNumber("newest"), from.text("program"));
        }
    }
}
