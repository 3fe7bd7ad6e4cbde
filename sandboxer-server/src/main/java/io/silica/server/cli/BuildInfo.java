// SPDX-License-Identifier: Apache-2.0
package io.silica.server.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * What is running.
 *
 * @param version of the release
 * @param commit that it was built from, or {@code unknown}
 * @param stateFormat the newest format of state directories that it knows; see {@link
 *     io.silica.server.record.StateFormat}
 */
public record BuildInfo(String version, String commit, int stateFormat) {
    private static final String RESOURCE = "build.properties";

    /** As the build has written it down. */
    public static BuildInfo load() {
        try (var in = BuildInfo.class.getResourceAsStream(RESOURCE)) {
            var properties = new Properties();
            if (in != null) {
                properties.load(in);
            }
            return new BuildInfo(
                    properties.getProperty("version", "unknown"),
                    properties.getProperty("commit", "unknown"),
                    Integer.parseInt(properties.getProperty("state-format", "1")));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + RESOURCE, e);
        }
    }

    @Override
    public String toString() {
        // Concatenated: the first number that is formatted loads what Java knows of the locale.
        return version
                + " (commit "
                + commit
                + ", Java "
                + Runtime.version()
                + ", state format "
                + stateFormat
                + ")";
    }
}
