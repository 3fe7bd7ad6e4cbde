// SPDX-License-Identifier: Apache-2.0
package io.silica.server.config;

import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * The section {@code [containerd]}: whom the daemon reports its events to.
 *
 * @param address containerd's ttrpc socket, where its events service is
 * @param namespace the namespace of events of sandboxes that came with none
 */
public record ContainerdConfig(Path address, String namespace) {
    public static final String SECTION = "containerd";
    public static final ContainerdConfig DEFAULT =
            new ContainerdConfig(Path.of("/run/containerd/containerd.sock.ttrpc"), "k8s.io");

    // containerd's own rule for identifiers, of which a namespace is one.
    private static final Pattern IDENTIFIER =
            Pattern.compile("(?=.{1,76}$)[A-Za-z0-9]+([._-][A-Za-z0-9]+)*");

    static ContainerdConfig read(ConfigSection section) {
        return new ContainerdConfig(
                section.socket("address", DEFAULT.address),
                section.string(
                        "namespace",
                        DEFAULT.namespace,
                        IDENTIFIER,
                        "at most 76 letters and digits, with single dots, dashes or underscores between them"));
    }
}
