// SPDX-License-Identifier: Apache-2.0
package io.silica.server.record;

import io.silica.sandbox.SandboxException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * The state directory of a daemon, held by a lock until it is closed or the process ends, however
 * it ends. The lock is the kernel's, on the file {@code lock}, which holds the process id for
 * people and stays behind.
 *
 * <p>Such a lock falls when the process that has it closes any descriptor of the file: open a
 * directory only once in a process.
 */
public final class StateDirectory implements AutoCloseable {
    private final Path path;
    private final FileChannel lock;

    private StateDirectory(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /**
     * Takes the directory, which is created if need be: with mode 0700, and only readable to others
     * in its parents.
     *
     * @throws SandboxException.Unavailable if another daemon has it
     * @throws SandboxException.Failed if it cannot be created, or is not ours
     */
    public static StateDirectory take(Path path) {
        try {
            Files.createDirectories(path.toAbsolutePath().getParent());
            PrivateDirectory.ensure(path);
            return new StateDirectory(path, lock(path));
        } catch (IOException e) {
            throw new SandboxException.Failed(
                    "cannot use the state directory " + path + ": " + reason(path, e), e);
        }
    }

    public Path path() {
        return path;
    }

    /**
     * A directory of mode 0700 in this one, created if need be.
     *
     * @throws SandboxException.Failed if it cannot be created, or is not ours
     */
    public Path subdirectory(String name) {
        var subdirectory = path.resolve(name);
        try {
            PrivateDirectory.ensure(subdirectory);
            return subdirectory;
        } catch (IOException e) {
            throw new SandboxException.Failed(
                    "cannot use the directory " + subdirectory + ": " + reason(subdirectory, e), e);
        }
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw new SandboxException.Failed(
                    "cannot release the state directory " + path + ": " + e.getMessage(), e);
        }
    }

    private static FileChannel lock(Path path) throws IOException {
        var file = openLock(path.resolve("lock"));
        try {
            if (file.tryLock() == null) {
                throw inUse(path, file);
            }
            writeProcessId(file);
            return file;
        } catch (OverlappingFileLockException _) {
            file.close();
            throw inUse(path, "this process");
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static FileChannel openLock(Path path) throws IOException {
        var options =
                Set.of(
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        LinkOption.NOFOLLOW_LINKS);
        var mode = PosixFilePermissions.fromString("rw-------");
        var file = FileChannel.open(path, options, PosixFilePermissions.asFileAttribute(mode));
        Files.setPosixFilePermissions(path, mode);
        return file;
    }

    private static void writeProcessId(FileChannel file) throws IOException {
        file.truncate(0);
        file.write(
                ByteBuffer.wrap(
                        (ProcessHandle.current().pid() + "\n")
                                .getBytes(StandardCharsets.US_ASCII)));
    }

    private static SandboxException inUse(Path path, FileChannel file) throws IOException {
        var content = ByteBuffer.allocate(20);
        file.read(content);
        var processId = StandardCharsets.US_ASCII.decode(content.flip()).toString().strip();
        return inUse(path, processId.matches("\\d+") ? "process " + processId : "another process");
    }

    private static SandboxException inUse(Path path, String owner) {
        return new SandboxException.Unavailable(
                "the state directory "
                        + path
                        + " is in use by "
                        + owner
                        + ": stop that daemon, or give this one another by --dir");
    }

    private static String reason(Path path, IOException e) {
        return String.valueOf(e.getMessage()).replace(path + ": ", "");
    }
}
