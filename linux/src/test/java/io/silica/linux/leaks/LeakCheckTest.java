// SPDX-License-Identifier: Apache-2.0
package io.silica.linux.leaks;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.linux.Descriptor;
import io.silica.linux.Epoll;
import io.silica.linux.OpenFlag;
import io.silica.linux.Pipe;
import io.silica.linux.Poller;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What each probe sees, and what the extension does not complain about: this class is checked by
 * itself.
 */
@LeakCheck
class LeakCheckTest {
    private final List<AutoCloseable> leaked = new ArrayList<>();

    @Test
    void aLeakedDescriptorIsSeenByItsTarget(@TempDir Path directory) throws Exception {
        var file = Files.createFile(directory.resolve("file"));
        assertThat(
                        leaksOf(
                                new DescriptorProbe(),
                                () -> leaked.add(Descriptor.open(file, OpenFlag.READ))))
                .containsExactly(file.toString());
    }

    @Test
    void oneMoreOfAKindThatHasNoNameIsSeen() throws Exception {
        leaked.add(Epoll.create(1));
        assertThat(leaksOf(new DescriptorProbe(), () -> leaked.add(Epoll.create(1))))
                .containsExactly("anon_inode:[eventpoll]");
    }

    @Test
    void aLeakedChildIsSeenWithItsName() throws Exception {
        var pipe = Pipe.open();
        leaked.add(pipe);
        assertThat(
                        leaksOf(
                                new ProcessProbe(),
                                () -> {
                                    var process = new ProcessBuilder("cat").start();
                                    leaked.add(() -> process.destroyForcibly().waitFor());
                                }))
                .hasSize(1)
                .allMatch(text -> text.matches("\\d+ \\((cat|jspawnhelper|java)\\)"));
    }

    @Test
    void aLeakedPlatformThreadIsSeen() throws Exception {
        assertThat(leaksOf(new ThreadProbe(), () -> leaked.add(Poller.start("left-behind"))))
                .containsExactly("left-behind");
    }

    @Test
    void aLeakedVirtualThreadIsSeenIfItHasAName() throws Exception {
        assertThat(
                        leaksOf(
                                new ThreadProbe(),
                                () -> {
                                    start(Thread.ofVirtual().name("left-virtual"));
                                    start(Thread.ofVirtual());
                                }))
                .containsExactly("left-virtual (virtual)");
    }

    @Test
    void aLeakedTemporaryFileIsSeenIfItIsOurs(@TempDir Path directory) throws Exception {
        assertThat(
                        leaksOf(
                                new FileProbe("files", directory, "silica"),
                                () -> {
                                    Files.createFile(directory.resolve("silica-1"));
                                    Files.createFile(directory.resolve("other"));
                                }))
                .containsExactly(directory.resolve("silica-1").toString());
    }

    @Test
    void everyMountBelowTheDirectoryIsSeen() {
        assertThat(new MountProbe(List.of(Path.of("/proc"))).look()).contains("/proc (proc)");
        assertThat(new MountProbe(List.of(Path.of("/proc/none"))).look()).isEmpty();
    }

    @AfterEach
    void cleanUp() throws Exception {
        for (var resource : leaked) {
            resource.close();
        }
    }

    private void start(Thread.Builder builder) {
        var thread = builder.start(LockSupport::park);
        leaked.add(() -> {
            LockSupport.unpark(thread);
            thread.join();
        });
    }

    private static List<String> leaksOf(Probe probe, Leak leak) throws Exception {
        var before = Snapshot.take(List.of(probe));
        leak.happen();
        return Snapshot.take(List.of(probe)).since(before).getOrDefault(probe.kind(), List.of());
    }

    private interface Leak {
        void happen() throws Exception;
    }
}
