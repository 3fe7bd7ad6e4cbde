// SPDX-License-Identifier: Apache-2.0
package io.silica.server.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.linux.Descriptor;
import io.silica.linux.OpenFlag;
import io.silica.linux.Poller;
import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.SandboxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@LeakCheck
@Timeout(60)
class DescriptorStoreTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(50);

    @TempDir private Path directory;

    private final Poller poller = Poller.start("store-test");
    private FakeStore manager;
    private Descriptor file;

    @BeforeEach
    void start() {
        manager = new FakeStore(directory.resolve("notify.sock"), poller);
        file = Descriptor.open(Path.of("/dev/null"), OpenFlag.READ);
    }

    @AfterEach
    void stop() {
        file.close();
        manager.close();
        poller.close();
    }

    @Test
    void whatIsParkedIsConfirmedAndStaysOurs() throws Exception {
        var store = store(10, LONG);
        var parking = inBackground(() -> store.park("controller", file));
        assertThat(manager.handleOne())
                .containsExactly("FDSTORE=1", "FDPOLL=0", "FDNAME=controller");
        assertThat(parking.isDone()).as("before the confirmation").isFalse();
        manager.confirm(1);
        parking.get();
        assertThat(manager.kept()).containsOnlyKeys("controller");
        assertThat(store.count()).isEqualTo(1);
        assertThat(file.isOpen()).isTrue();
    }

    @Test
    void whatIsMoreThanItKeepsIsRefusedBeforeAnythingIsSent() throws Exception {
        var store = store(1, LONG);
        parked(store, "a");
        assertThatThrownBy(() -> store.park("b", file))
                .isInstanceOf(SandboxException.Exhausted.class)
                .hasMessage("cannot park descriptor \"b\": the service manager keeps 1");
        store.remove("a");
        manager.handleOne();
        assertThat(manager.kept()).isEmpty();
        parked(store, "b");
    }

    @Test
    void whatIsKeptFromTheLastLifeCounts() {
        var store = store(1, LONG);
        store.keeps("controller");
        assertThatThrownBy(() -> store.park("b", file))
                .isInstanceOf(SandboxException.Exhausted.class);
    }

    @Test
    void aNameIsTakenOnce() throws Exception {
        var store = store(10, LONG);
        parked(store, "a");
        assertThatThrownBy(() -> store.park("a", file))
                .isInstanceOf(SandboxException.AlreadyExists.class);
    }

    @Test
    void aManagerThatDoesNotConfirmIsNotTrusted() throws Exception {
        var store = store(10, SHORT);
        assertThatThrownBy(() -> store.park("a", file))
                .isInstanceOf(SandboxException.TimedOut.class)
                .hasMessage("cannot park descriptor \"a\": the service manager does not answer");
        assertThat(store.count()).isZero();
        manager.confirm(1);
        assertThat(manager.handleOne()).contains("FDSTOREREMOVE=1");
        assertThat(manager.kept()).isEmpty();
    }

    @Test
    void aQueueThatStaysFullIsToldAndOneThatIsReadIsWaitedFor() throws Exception {
        var impatient = store(1000, SHORT);
        assertThatThrownBy(() -> fill(impatient)).isInstanceOf(SandboxException.TimedOut.class);
        var patient = store(1000, LONG);
        var parking = inBackground(() -> patient.park("last", file));
        while (!manager.kept().containsKey("last")) {
            manager.handleOne();
        }
        manager.confirm(1);
        parking.get();
    }

    @Test
    void withoutAManagerThereIsNoRoom() {
        var nobody = new NotifyEnvironment(Optional.empty(), Optional.empty(), OptionalInt.of(9));
        var store = DescriptorStore.of(nobody, poller, LONG);
        assertThat(store.capacity()).isZero();
        assertThatThrownBy(() -> store.park("a", file))
                .isInstanceOf(SandboxException.Exhausted.class);
        store.remove("a");
    }

    @Test
    void aManagerThatTellsNoMaximumIsTakenToKeepNothing() {
        var environment =
                new NotifyEnvironment(
                        Optional.of(directory.resolve("notify.sock").toString()),
                        Optional.empty(),
                        OptionalInt.empty());
        assertThat(DescriptorStore.of(environment, poller, LONG).capacity()).isZero();
    }

    @Test
    void aSocketThatIsMissingOrNoneIsUnavailable() throws IOException {
        var plain = Files.writeString(directory.resolve("plain"), "");
        for (var path : new Path[] {directory.resolve("missing"), plain}) {
            var environment =
                    new NotifyEnvironment(
                            Optional.of(path.toString()), Optional.empty(), OptionalInt.of(9));
            var store = DescriptorStore.of(environment, poller, LONG);
            assertThatThrownBy(() -> store.park("a", file))
                    .isInstanceOf(SandboxException.Unavailable.class)
                    .hasMessageContaining("cannot reach the service manager at " + path);
            assertThat(store.count()).isZero();
        }
    }

    private void fill(DescriptorStore store) throws InterruptedException {
        for (int i = 0; ; i++) {
            try {
                store.park("d" + i, file);
            } catch (SandboxException.TimedOut e) {
                if (String.valueOf(e.getMessage()).contains("stays full")) {
                    throw e;
                }
            }
        }
    }

    private DescriptorStore store(int capacity, Duration patience) {
        return DescriptorStore.of(manager.environment(capacity), poller, patience);
    }

    private void parked(DescriptorStore store, String name) throws Exception {
        var parking = inBackground(() -> store.park(name, file));
        manager.confirm(1);
        parking.get();
    }

    private interface Parking {
        void run() throws InterruptedException;
    }

    private static FutureTask<Boolean> inBackground(Parking parking) {
        Callable<Boolean> work =
                () -> {
                    parking.run();
                    return true;
                };
        var task = new FutureTask<>(work);
        Thread.ofVirtual().name("parking").start(task);
        return task;
    }
}
