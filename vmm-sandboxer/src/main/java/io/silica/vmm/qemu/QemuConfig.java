// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.qemu;

import java.nio.file.Path;

/**
 * What the back end is given.
 *
 * @param program {@code qemu-system-x86_64}, absolute
 * @param virtiofsd absolute
 * @param vsock {@code vhost-device-vsock}, absolute
 * @param image the directory of the guest's kernel, initramfs and root disk
 * @param accelerator by what guests are carried out
 */
public record QemuConfig(
        Path program, Path virtiofsd, Path vsock, Path image, Accelerator accelerator) {
    Path kernel() {
        return image.resolve("vmlinux");
    }

    Path initramfs() {
        return image.resolve("stage1.cpio");
    }

    Path root() {
        return image.resolve("root.erofs");
    }
}
