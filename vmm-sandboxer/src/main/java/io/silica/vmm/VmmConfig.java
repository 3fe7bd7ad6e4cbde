// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What the kind is given.
 *
 * @param directory where its files are; made with mode 0700
 * @param size how big machines are
 * @param writableBytes how much a container can write, as long as that is kept in the guest's
 *     memory
 * @param bootPatience for an agent to call from a machine that boots
 * @param stopGrace for a guest to power off
 */
record VmmConfig(
        Path directory,
        GuestSize.Rules size,
        long writableBytes,
        Duration bootPatience,
        Duration stopGrace) {}
