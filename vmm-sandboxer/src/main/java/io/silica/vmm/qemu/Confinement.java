// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.qemu;

import io.silica.linux.Spawn;
import io.silica.sandbox.ShortName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Keeps QEMU, and what is beside it, from what they do not need. Each begins as util-linux's {@code
 * unshare}, which becomes it: the process stays the same.
 *
 * <p>QEMU opens what it needs as root, and then, before the guest's first instruction, becomes a
 * user of its own without rights, in an empty directory: that is QEMU's doing, asked for among its
 * arguments.
 */
final class Confinement {
    static final Path UNSHARE = Path.of("/usr/bin/unshare");
    static final Path PRLIMIT = Path.of("/usr/bin/prlimit");
    static final Path SETPRIV = Path.of("/usr/bin/setpriv");

    /** Above all that people, containers, systemd and, up to 2000200000, SSSD use. */
    private static final int FIRST_USER = 0x7800_0000;

    private static final int HEX = 16;
    private static final int USER_DIGITS = 6;

    /** What is mounted stays visible until it is unmounted outside. */
    private static final List<String> NAMESPACES =
            List.of("--mount", "--ipc", "--uts", "--propagation", "slave");

    private Confinement() {}

    /** The programs as which they may be found while they begin. */
    static Set<Path> programs() {
        return Set.of(UNSHARE, PRLIMIT, SETPRIV);
    }

    /** The user for the owner of a path; another's is another, but for chance. */
    static int user(Path path) {
        return FIRST_USER + Integer.parseInt(ShortName.of(path.toString(), USER_DIGITS), HEX);
    }

    /** QEMU with mounts, IPC and a host name of its own. */
    static Spawn inNamespaces(Path program, String... arguments) {
        return Spawn.of(UNSHARE, command(NAMESPACES, program, arguments));
    }

    /**
     * A program as a user without rights, and without a way to any, in the same namespaces. There
     * is no file to which it can write; its output has to go elsewhere.
     *
     * @param descriptors that it may have open at a time
     */
    static Spawn asUser(int user, int descriptors, Path program, String... arguments) {
        var number = Integer.toString(user);
        var setpriv =
                command(
                        List.of(
                                SETPRIV.toString(),
                                "--reuid",
                                number,
                                "--regid",
                                number,
                                "--clear-groups",
                                "--inh-caps",
                                "-all",
                                "--bounding-set",
                                "-all",
                                "--no-new-privs"),
                        program,
                        arguments);
        var limited =
                new ArrayList<>(
                        List.of("--fsize=0:0", "--nofile=%1$d:%1$d".formatted(descriptors)));
        limited.addAll(Arrays.asList(setpriv));
        return inNamespaces(PRLIMIT, limited.toArray(String[]::new));
    }

    private static String[] command(List<String> options, Path program, String... arguments) {
        var all = new ArrayList<>(options);
        all.add("--");
        all.add(program.toString());
        all.addAll(Arrays.asList(arguments));
        return all.toArray(String[]::new);
    }
}
