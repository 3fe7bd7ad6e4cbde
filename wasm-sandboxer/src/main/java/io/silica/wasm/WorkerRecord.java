// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.linux.ProcessIdentity;
import io.silica.wasm.worker.ProtocolVersions;
import java.io.IOException;
import java.io.StringReader;
import java.util.Optional;
import java.util.Properties;

/**
 * What is written down about a worker, for the next daemon, which may be of another release.
 *
 * @param identity which process it is
 * @param versions those of worker.proto that it speaks
 * @param build which build of its engine it was started with, if that has a library of its own; not
 *     known of one that a release before has started
 */
record WorkerRecord(ProcessIdentity identity, ProtocolVersions versions, Optional<String> build) {
    private static final String FORM = "1";

    /**
     * The text of it. What {@code protocol} says was the only version at first, and a daemon that
     * knows no more takes the worker for its own by that: so it is the oldest.
     */
    String text() {
        return "version=%s%npid=%d%nstart-time=%d%nprotocol=%d%nnewest-protocol=%d%n"
                        .formatted(
                                FORM,
                                identity.pid(),
                                identity.startTime(),
                                versions.oldest(),
                                versions.newest())
                + build.map("build=%s%n"::formatted).orElse("");
    }

    /**
     * Reads it back.
     *
     * @throws IOException if it is of another form
     * @throws IllegalArgumentException if something is missing or no number
     */
    static WorkerRecord of(String text) throws IOException {
        var record = new Properties();
        record.load(new StringReader(text));
        if (!FORM.equals(record.getProperty("version"))) {
            throw new IOException("its version is " + record.getProperty("version"));
        }
        var oldest = record.getProperty("protocol", "");
        return new WorkerRecord(
                new ProcessIdentity(
                        Integer.parseInt(record.getProperty("pid", "")),
                        Long.parseLong(record.getProperty("start-time", ""))),
                new ProtocolVersions(
                        Integer.parseInt(oldest),
                        Integer.parseInt(record.getProperty("newest-protocol", oldest))),
                Optional.ofNullable(record.getProperty("build")));
    }
}
