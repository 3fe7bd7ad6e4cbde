// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.linux.Pipe;
import io.silica.linux.leaks.LeakCheck;
import io.silica.wasm.engine.GuestModules;
import io.silica.wasm.worker.WorkerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The worker as the kernel knows it, while it runs a guest. */
@LeakCheck
final class ConfinedWorkerTest {
    private static final List<String> NAMESPACES =
            List.of("mnt", "pid", "ipc", "net", "uts", "cgroup");
    private static final String NOTHING = "0".repeat(16);

    @TempDir Path directory;
    private WorkerFixture worker;
    private Path process;

    @BeforeEach
    void begin() throws IOException {
        worker = new WorkerFixture(directory, WorkerOptions.DEFAULTS);
        process = Path.of("/proc", Integer.toString(worker.worker().pid()));
        // From here on it is the worker, not what becomes the worker.
        try (var output = Pipe.open()) {
            worker.start("c1", GuestModules.LOOPS, output);
        }
    }

    @AfterEach
    void end() {
        worker.close();
    }

    @Test
    void itHasNoRightsAndNamespacesOfItsOwn() throws IOException {
        assertThat(status())
                .containsEntry("CapEff", NOTHING)
                .containsEntry("CapPrm", NOTHING)
                .containsEntry("CapInh", NOTHING)
                .containsEntry("CapAmb", NOTHING)
                .containsEntry("NoNewPrivs", "1")
                .containsEntry("Seccomp", "2");
        for (var kind : NAMESPACES) {
            assertThat(Files.readSymbolicLink(process.resolve("ns").resolve(kind)))
                    .as(kind)
                    .isNotEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns", kind)));
        }
    }

    @Test
    void itSeesLibrariesAndItsOwnProcessesAndNothingElse() throws IOException {
        var mounts = Files.readAllLines(process.resolve("mountinfo"));
        assertThat(mounts)
                .allMatch(line -> isReadOnly(line) || isDevice(line))
                .noneMatch(line -> line.contains(directory.toString()));
        try (var names = Files.list(process.resolve("root"))) {
            assertThat(names.map(name -> name.getFileName().toString()))
                    .contains("dev", "proc")
                    .doesNotContain("run", "sys", "boot", "bin", "sbin");
        }
        try (var processes = Files.newDirectoryStream(process.resolve("root/proc"), "[0-9]*")) {
            assertThat(processes)
                    .extracting(path -> path.getFileName().toString())
                    .containsOnly("1");
        }
        assertThat(pipes())
                .as("standard error, the guest's output and its stdin, which is at its end")
                .hasSizeLessThanOrEqualTo(3);
    }

    /** Empty if it was closed meanwhile. */
    private static String target(Path descriptor) throws IOException {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (NoSuchFileException _) {
            return "";
        }
    }

    private Set<String> pipes() throws IOException {
        var found = new TreeSet<String>();
        try (var descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (var descriptor : descriptors) {
                found.add(target(descriptor));
            }
        }
        found.removeIf(name -> !name.startsWith("pipe:"));
        return found;
    }

    /**
     * The sixth field has the options are the options of the mount itself (proc_pid_mountinfo(5)).
     */
    private static boolean isReadOnly(String mount) {
        return List.of(mount.split(" ", -1)[5].split(",", -1)).contains("ro");
    }

    private static boolean isDevice(String mount) {
        return mount.split(" ", -1)[4].startsWith("/dev/");
    }

    private Map<String, String> status() throws IOException {
        var status = new TreeMap<String, String>();
        for (var line : Files.readAllLines(process.resolve("status"))) {
            var words = line.split(":\\s*", 2);
            status.put(words[0], words[1]);
        }
        return status;
    }
}
