// SPDX-License-Identifier: Apache-2.0
package io.silica.server.supervised;

import io.silica.linux.Pidfd;
import io.silica.sandbox.Failpoint;
import io.silica.server.SandboxerDaemon;
import io.silica.server.Termination;
import io.silica.server.config.ContainerdConfig;
import io.silica.server.config.DaemonConfig;
import io.silica.server.config.LimitsConfig;
import io.silica.server.config.ServerConfig;
import io.silica.server.config.StatsConfig;
import io.silica.server.fake.FakeSandboxer;
import io.silica.server.fake.Faults;
import io.silica.server.logging.LogFormat;
import io.silica.server.logging.LogLevel;
import io.silica.server.metrics.Metrics;
import io.silica.server.notify.ServiceManager;
import io.silica.server.notify.Standby;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A daemon on the fake kind, as a process; it says when it serves. */
final class DaemonProcess {
    /** Half of what packaging/bin gives a daemon. */
    private static final String HEAP = "-Xmx32m";

    private DaemonProcess() {}

    /** How it is started by this JVM's Java. */
    static List<String> command(Path directory) {
        return List.of(
                System.getProperty("java.home") + "/bin/java",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                HEAP,
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                DaemonProcess.class.getName(),
                directory.toString());
    }

    public static void main(String[] arguments) throws InterruptedException {
        var termination = Termination.install();
        Failpoint.signalBy(DaemonProcess::signalOurselves);
        int code = 0;
        var manager = manager();
        try (var _ =
                SandboxerDaemon.start(
                        config(Path.of(arguments[0])),
                        new FakeSandboxer(new Faults(), FakeSandboxer.Survivors.asRecorded()),
                        new Metrics("fake", "0", "0"),
                        manager)) {
            System.out.println("serving as process " + ProcessHandle.current().pid());
            termination.await();
        } catch (RuntimeException e) {
            System.out.println("not serving: " + e.getMessage());
            code = 1;
        }
        termination.exit(code);
    }

    private static void signalOurselves(int signal) {
        try (var process = Pidfd.open((int) ProcessHandle.current().pid())) {
            process.signal(signal);
        }
    }

    private static ServiceManager manager() throws InterruptedException {
        var standby = Standby.ofThisProcess();
        if (standby.isEmpty()) {
            return ServiceManager.ofThisProcess();
        }
        try (var waiting = standby.get()) {
            return ServiceManager.ofThisProcess(waiting.awaitTurn());
        }
    }

    private static DaemonConfig config(Path directory) {
        return new DaemonConfig(
                new ServerConfig(
                        directory.resolve("controller.sock"),
                        directory.resolve("state"),
                        directory.resolve("state/task.sock"),
                        Optional.of(directory.resolve("state/holder.sock")),
                        LogLevel.INFO,
                        LogFormat.TEXT,
                        Optional.of(directory.resolve("state/metrics.sock")),
                        Duration.ofSeconds(5)),
                LimitsConfig.DEFAULT,
                new ContainerdConfig(directory.resolve("no-containerd.sock"), "k8s.io"),
                new StatsConfig(Duration.ofMillis(1)));
    }
}
