// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.daemon;

import io.silica.server.contract.DaemonUnderTest;
import io.silica.server.fake.FakeSandboxer;
import io.silica.server.logging.LogFormat;
import io.silica.server.logging.LogLevel;
import io.silica.server.logging.Logging;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A daemon whose kind is a fake, below the directory that is its argument. It says {@code ready}
 * when it serves, and ends with its standard input.
 */
public final class FakeDaemon {
    private FakeDaemon() {}

    public static void main(String[] arguments) throws IOException {
        Logging.start(LogLevel.INFO, LogFormat.TEXT);
        try (var _ = new DaemonUnderTest(Path.of(arguments[0]), new FakeSandboxer())) {
            System.out.println("ready");
            while (System.in.read() >= 0) {
                // Nothing is to be said to it.
            }
        }
    }

    static Path controllerSocket(Path directory) {
        return directory.resolve("controller.sock");
    }

    static Path metricsSocket(Path directory) {
        return directory.resolve("metrics.sock");
    }

    static Path taskSocket(Path directory) {
        return directory.resolve("task.sock");
    }
}
