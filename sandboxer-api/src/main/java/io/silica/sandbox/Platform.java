// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

/**
 * What images a sandbox runs, in the OCI's words.
 *
 * @param os {@code linux}: containerd generates the container's specification by it
 * @param architecture as Go spells it, such as {@code amd64}
 */
public record Platform(String os, String architecture) {
    /** Linux on the machine that we run on. */
    public static Platform ofThisMachine() {
        return new Platform("linux", goArchitecture(System.getProperty("os.arch")));
    }

    private static String goArchitecture(String javaArchitecture) {
        return switch (javaArchitecture) {
            case "x86_64" -> "amd64";
            case "aarch64" -> "arm64";
            default -> javaArchitecture;
        };
    }
}
