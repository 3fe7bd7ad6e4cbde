// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.cri;

import java.nio.file.Path;

/** The Unix socket on which a runtime serves CRI. */
public record CriEndpoint(Path socket) {
    private static final String SCHEME = "unix://";

    /** What containerd listens on if it is not told otherwise. */
    public static final CriEndpoint CONTAINERD =
            new CriEndpoint(Path.of("/run/containerd/containerd.sock"));

    /**
     * Reads an endpoint as crictl takes it, {@code unix:///path}, or a plain absolute path.
     *
     * @throws IllegalArgumentException if it is neither
     */
    public static CriEndpoint parse(String text) {
        String path = text.startsWith(SCHEME) ? text.substring(SCHEME.length()) : text;
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException(
                    "\"%s\" is no endpoint: write unix:///path/to/socket".formatted(text));
        }
        return new CriEndpoint(Path.of(path));
    }

    @Override
    public String toString() {
        return SCHEME + socket;
    }
}
