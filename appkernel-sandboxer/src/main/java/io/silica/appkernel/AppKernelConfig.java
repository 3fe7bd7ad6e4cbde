// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel;

import io.silica.appkernel.gvisor.GvisorNetwork;
import io.silica.appkernel.gvisor.GvisorPlatform;
import io.silica.appkernel.gvisor.HostNetwork;
import io.silica.server.config.ConfigReader;
import java.nio.file.Path;

/**
 * The sections of the configuration that are this kind's own.
 *
 * @param usual the kernel of pods whose runtime handler names none
 * @param gvisor the section {@code gvisor}
 * @param quark the section {@code quark}
 */
record AppKernelConfig(KernelName usual, Gvisor gvisor, Quark quark) {
    /**
     * The section {@code gvisor}.
     *
     * @param program runsc
     * @param platform of runsc
     * @param network of pods that have a network namespace
     * @param hostNetwork what becomes of pods that ask for the host's
     */
    record Gvisor(
            Path program,
            GvisorPlatform platform,
            GvisorNetwork network,
            HostNetwork hostNetwork) {}

    /**
     * The section {@code quark}.
     *
     * @param program quark
     */
    record Quark(Path program) {}

    static AppKernelConfig read(ConfigReader reader) {
        var gvisor = reader.section("gvisor");
        return new AppKernelConfig(
                reader.section("appkernel").oneOf("kernel", KernelName.GVISOR),
                new Gvisor(
                        gvisor.path("program", Path.of("/usr/bin/runsc")),
                        gvisor.oneOf("platform", GvisorPlatform.SYSTRAP),
                        gvisor.oneOf("network", GvisorNetwork.SANDBOX),
                        gvisor.oneOf("host-network", HostNetwork.SERVE)),
                new Quark(
                        reader.section("quark").path("program", Path.of("/usr/local/bin/quark"))));
    }
}
