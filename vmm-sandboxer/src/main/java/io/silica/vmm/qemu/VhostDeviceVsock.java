// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.qemu;

import static java.util.Objects.requireNonNull;

import io.silica.linux.Descriptor;
import io.silica.linux.LinuxException;
import io.silica.linux.OpenFlag;
import io.silica.linux.Spawn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.function.Function;

/**
 * {@code vhost-device-vsock} for a machine: a user of its own without rights, in a directory in
 * which it can make sockets, and neither remove nor replace ours.
 *
 * @param program absolute
 * @param machine the machine's directory
 * @param socket of {@link io.silica.vmm.hypervisor.Device.Vsock}
 */
record VhostDeviceVsock(Path program, Path machine, Path socket) {
    static final String NAME = "vhost-device-vsock";

    /** Connections of the guest's, and what each costs. */
    private static final int DESCRIPTORS = 256;

    /** The guest's address is its own business: each has a helper of its own. */
    private static final int GUEST_CID = 3;

    /** Whoever is in the group makes files; who owns one removes it. */
    private static final int MODE = 01770;

    private static final int PROGRAM = 3;

    /** Where QEMU finds it. */
    static Path vhost(Path socket) {
        return socket.resolveSibling("vhost.sock");
    }

    /** The user that it is. */
    int user() {
        return Confinement.user(socket);
    }

    /**
     * Starts it. It begins in its directory, and with its program open: it may reach neither by a
     * path.
     *
     * @param start starts a program
     * @throws LinuxException if there is no such program
     */
    <T> T start(Function<Spawn, T> start) {
        openDirectory();
        try (var file = Descriptor.open(program, OpenFlag.READ)) {
            return start.apply(
                    Confinement.asUser(
                                    user(),
                                    DESCRIPTORS,
                                    Path.of("/proc/self/fd/" + PROGRAM),
                                    arguments())
                            .descriptor(PROGRAM, file)
                            .directory(directory()));
        }
    }

    /** Its group of guests is its own; the name says whose it is. */
    private String[] arguments() {
        return new String[] {
            "--vm",
            "guest-cid=%d,uds-path=%s,groups=%s/,socket=%s"
                    .formatted(
                            GUEST_CID, socket.getFileName(), machine, vhost(socket).getFileName())
        };
    }

    private Path directory() {
        return requireNonNull(socket.getParent());
    }

    /** Nothing is there yet but what is ours. */
    private void openDirectory() {
        var directory = directory();
        try (var ours = Files.newDirectoryStream(directory)) {
            for (var file : ours) {
                give(file);
            }
            give(directory);
            Files.setAttribute(directory, "unix:mode", MODE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void give(Path file) throws IOException {
        Files.setAttribute(file, "unix:gid", user(), LinkOption.NOFOLLOW_LINKS);
    }
}
