// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the back end is given.
 *
 * @param program {@code qemu-system-x86_64}, absolute
 * @param virtiofsd absolute
 * @param vsock {@code vhost-device-vsock}, absolute
 * @param image the directory of the guest's kernel, initramfs and root disk
 * @param accelerator by what guests are to be carried out
 * @param verdicts the directory of what was found out about that; its parent is there
 */
public record QemuConfig(
        Path program,
        Path virtiofsd,
        Path vsock,
        Path image,
        AcceleratorChoice accelerator,
        Path verdicts) {
    /** What a machine's processes run. */
    Set<Path> programs() {
        var programs = new LinkedHashSet<>(List.of(program, virtiofsd, vsock));
        programs.add(real(vsock));
        programs.addAll(Confinement.programs());
        return programs;
    }

    /** What a link of that name leads to. */
    private static Path real(Path program) {
        try {
            return program.toRealPath();
        } catch (IOException _) {
            return program;
        }
    }

    Path kernel() {
        return image.resolve("vmlinux");
    }

    Path initramfs() {
        return image.resolve("stage1.cpio");
    }

    Path root() {
        return image.resolve("root.erofs");
    }

    /** What the agent need not read and link again at each start, if the image has it. */
    Optional<Path> classes() {
        return Optional.of(image.resolve("classes.erofs")).filter(Files::isRegularFile);
    }
}
