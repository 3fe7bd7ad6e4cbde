// SPDX-License-Identifier: Apache-2.0
package io.silica.server.supervised;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.silica.linux.leaks.LeakCheck;
import io.silica.proto.containerd.task.Status;
import io.silica.sandbox.Failpoint;
import io.silica.sandbox.Undo;
import io.silica.server.contract.Bundle;
import io.silica.server.contract.ControllerConnection;
import io.silica.server.contract.MetricsSocket;
import io.silica.server.contract.TaskConnection;
import io.silica.supervisor.Supervised;
import io.silica.ttrpc.StatusCode;
import io.silica.ttrpc.TtrpcException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@LeakCheck
@Timeout(180)
class SupervisedDaemonTest {
    private static final int KILLS = 3;
    private static final int KILLS_UNDER_LOAD = 20;
    private static final int MANY = 200;

    @TempDir private Path directory;

    @Test
    void aControllerClientsCallsGoOnWhenTheDaemonIsKilled() throws Exception {
        try (var supervised = supervise();
                var controller = new ControllerConnection(directory.resolve("controller.sock"))) {
            long pid = serving(supervised);
            controller.create("pod");
            controller.start("pod");
            for (int i = 0; i < KILLS; i++) {
                assertThat(controller.status("pod").getSandboxId()).isEqualTo("pod");
                Supervised.signal("KILL", pid);
                controller.awaitDisconnected();
                // The listener was never gone: the call waits for the next daemon.
                assertThat(controller.status("pod").getSandboxId()).isEqualTo("pod");
                pid = serving(supervised);
            }
            controller.stop("pod");
            controller.shutdown("pod");
        }
    }

    @Test
    void aTaskConnectionGoesOnWhenTheDaemonIsKilled() throws Exception {
        try (var supervised = supervise()) {
            long pid = serving(supervised);
            try (var containerd = tasks()) {
                for (int i = 0; i < KILLS; i++) {
                    assertIsServed(containerd);
                    Supervised.signal("KILL", pid);
                    // It waits for the next daemon.
                    assertIsServed(containerd);
                    pid = serving(supervised);
                }
            }
            assertThat(ask("/metrics")).contains("silica_journal_lost_total 0.0");
        }
    }

    @Test
    void aTaskConnectionGoesOnInTheStandby() throws Exception {
        try (var supervised = supervise("--standby");
                var controller = new ControllerConnection(directory.resolve("controller.sock"))) {
            long pid = serving(supervised);
            controller.create("pod");
            try (var containerd = tasks()) {
                for (int i = 0; i < KILLS; i++) {
                    var waits = supervised.awaitLine("standby \\(process (\\d+)\\) waits");
                    assertIsServed(containerd);
                    Supervised.signal("KILL", pid);
                    assertIsServed(containerd);
                    assertThat(controller.status("pod").getSandboxId()).isEqualTo("pod");
                    pid = serving(supervised);
                    assertThat(pid).isEqualTo(Long.parseLong(waits.group(1)));
                }
            }
            controller.shutdown("pod");
            assertThat(ask("/metrics")).contains("silica_journal_lost_total 0.0");
        }
    }

    /** Calls that are answered on the loop and calls that have a thread. */
    @Test
    void everyCallIsAnsweredWhileTheDaemonIsKilledAgainAndAgainUnderLoad() throws Exception {
        var over = new AtomicBoolean();
        var answered = new Semaphore(0);
        try (var supervised = supervise();
                var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            long pid = serving(supervised);
            var calls = new ArrayList<Future<?>>();
            for (int i = 0; i < 8; i++) {
                boolean blocking = i % 2 == 0;
                calls.add(callers.submit(() -> callUntil(over, answered, blocking)));
            }
            try {
                for (int i = 0; i < KILLS_UNDER_LOAD; i++) {
                    answered.drainPermits();
                    assertThat(answered.tryAcquire(200, 30, TimeUnit.SECONDS)).isTrue();
                    Supervised.signal("KILL", pid);
                    pid = serving(supervised);
                }
            } finally {
                over.set(true);
            }
            for (var each : calls) {
                each.get(30, TimeUnit.SECONDS);
            }
            assertThat(ask("/metrics")).contains("silica_journal_lost_total 0.0");
        }
    }

    private void callUntil(AtomicBoolean over, Semaphore answered, boolean blocking) {
        try (var containerd = tasks()) {
            while (!over.get()) {
                if (blocking) {
                    isNotFound(() -> containerd.kill("none", 9));
                } else {
                    isNotFound(() -> containerd.state("none"));
                }
                answered.release();
            }
        }
    }

    @Test
    void aDaemonThatStoodStillAnswersAllThatWasAskedMeanwhile() throws Exception {
        try (var supervised = supervise();
                var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            long pid = serving(supervised);
            try (var known = tasks()) {
                assertIsServed(known);
                Supervised.signal("STOP", pid);
                var calls = new ArrayList<Future<?>>();
                for (int i = 0; i < 50; i++) {
                    calls.add(callers.submit(() -> assertIsServed(known)));
                    calls.add(callers.submit(this::assertANewcomerIsServed));
                }
                Supervised.signal("CONT", pid);
                for (var call : calls) {
                    call.get(30, TimeUnit.SECONDS);
                }
            }
            assertThat(ask("/metrics")).contains("silica_journal_lost_total 0.0");
        }
    }

    private void assertANewcomerIsServed() {
        try (var containerd = tasks()) {
            assertIsServed(containerd);
        }
    }

    @Test
    void manySandboxesAndTheirContainersAreTakenOverInASmallHeap() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "mounting needs root");
        try (var supervised = supervise();
                var controller = new ControllerConnection(directory.resolve("controller.sock"));
                var containerd = tasks()) {
            long pid = serving(supervised);
            for (int i = 0; i < MANY; i++) {
                controller.create("pod" + i);
                controller.start("pod" + i);
                var _ = containerd.create(bundle("pod" + i, "c" + i).request().build());
                containerd.start("c" + i);
            }
            Supervised.signal("KILL", pid);
            serving(supervised);
            for (int i = 0; i < MANY; i++) {
                assertThat(controller.status("pod" + i).getState()).isEqualTo("SANDBOX_READY");
                assertThat(containerd.state("c" + i).getStatus()).isEqualTo(Status.RUNNING);
            }
            containerd.kill("c0", 9);
            assertThat(containerd.await("c0").getExitStatus()).isEqualTo(137);
            for (int i = 0; i < MANY; i++) {
                controller.shutdown("pod" + i);
            }
            assertThat(String.join("\n", supervised.said())).doesNotContain("OutOfMemory");
        }
    }

    private Bundle bundle(String pod, String container) throws IOException {
        return Bundle.create(
                directory.resolve("bundles"),
                Files.createDirectories(directory.resolve("image")),
                pod,
                container,
                List.of("sleep"));
    }

    @Test
    void aDaemonThatIsStoppedInTheMiddleOfACallGoesOnWhereItWas() throws Exception {
        var point = Map.of(Failpoint.ENVIRONMENT, "sandbox.create.prepared=stop");
        try (var supervised = Supervised.start(point, arguments(held()));
                var controller = new ControllerConnection(directory.resolve("controller.sock"));
                var containerd = tasks();
                var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            long pid = serving(supervised);
            assertIsServed(containerd);
            var create = callers.submit(() -> controller.create("pod"));
            awaitStopped(pid);
            var known = callers.submit(() -> assertIsServed(containerd));
            var newcomer = callers.submit(this::assertANewcomerIsServed);
            assertThat(create.isDone() || known.isDone() || newcomer.isDone()).isFalse();

            Supervised.signal("CONT", pid);
            for (var call : List.of(create, known, newcomer)) {
                call.get(60, TimeUnit.SECONDS);
            }
            controller.start("pod");
            assertThat(controller.status("pod").getState()).isEqualTo("SANDBOX_READY");
            controller.shutdown("pod");
        }
    }

    private static void awaitStopped(long pid) throws IOException {
        var stat = Path.of("/proc", Long.toString(pid), "stat");
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!Files.readString(stat).contains(") T ")) {
            assertThat(System.nanoTime()).as("waiting for the stop").isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void aTaskConnectionThatIsMadeWhileThereIsNoDaemonIsServed() throws Exception {
        try (var supervised = supervise()) {
            Supervised.signal("KILL", serving(supervised));
            try (var containerd = tasks()) {
                assertIsServed(containerd);
            }
            serving(supervised);
        }
    }

    @Test
    void aDaemonSaysWhetherItIsProtected() throws Exception {
        try (var supervised = supervise()) {
            serving(supervised);
            assertThat(ask("/protected")).contains(" 200 ", "ok");
            assertThat(ask("/metrics"))
                    .contains("silica_protected 1.0")
                    .contains("silica_protection{state=\"protected\"} 1.0")
                    .contains("silica_descriptors_parked 1.0");
            assertThat(String.join("\n", supervised.said())).doesNotContain("NOT PROTECTED");
        }
    }

    @Test
    void aDaemonWithoutAHolderServesAndSaysSoLoudly() throws Exception {
        try (var supervised = Supervised.start(Map.of(), arguments(List.of()))) {
            supervised.awaitLine("WARN .*NOT PROTECTED: no holder keeps the connections");
            serving(supervised);
            try (var containerd = tasks()) {
                assertIsServed(containerd);
            }
            assertThat(ask("/protected")).contains(" 503 ", "no holder keeps the connections");
            assertThat(ask("/metrics"))
                    .contains("silica_protected 0.0")
                    .contains("silica_protection{state=\"no-holder\"} 1.0");
        }
    }

    @Test
    void aDaemonGoesOnWithoutItsSupervisorAndIsKeptByTheNextOne() throws Exception {
        var killed = supervise();
        long pid = serving(killed);
        try (var containerd = tasks()) {
            assertIsServed(containerd);
            killed.signal("KILL");
            killed.awaitLine("WARN .*the holder at .* is lost");
            assertIsServed(containerd);
            assertThat(ask("/protected")).contains(" 503 ", "the holder is gone");
            try (var supervised = supervise()) {
                killed.awaitLine("the holder at .* is back and keeps what is served");
                assertThat(ask("/protected")).contains(" 200 ");
                assertIsServed(containerd);
                assertThat(ask("/metrics")).contains("silica_descriptors_parked 1.0");
                // Its own daemon has found the state directory in use, and tries again later.
                supervised.awaitLine(
                        "not serving: the state directory .* is in use by process " + pid);
                Supervised.signal("KILL", pid);
                assertThat(killed.awaitEnd()).isEqualTo(137);
                serving(supervised);
            }
        } finally {
            killed.close();
        }
    }

    /** Of eight connections one is kept. */
    @Test
    void aNewContainerIsRefusedInWordsBeforeItsConnectionWouldNotBeAccepted() throws Exception {
        var bundle =
                Bundle.create(directory.resolve("bundles"), directory, "none", "new", List.of());
        try (var supervised = supervise("--limit", "8");
                var known = new Undo()) {
            serving(supervised);
            for (int i = 0; i < 6; i++) {
                assertIsServed(known.owns(tasks()));
            }
            try (var seventh = tasks()) {
                isNotFound(() -> seventh.create(bundle.request().build()));
                try (var eighth = tasks()) {
                    assertThatThrownBy(() -> eighth.create(bundle.request().build()))
                            .hasMessageContaining("nearly as many connections are open as may be")
                            .extracting(e -> ((TtrpcException) e).code())
                            .isEqualTo(StatusCode.RESOURCE_EXHAUSTED);
                    assertIsServed(eighth);
                }
                awaitConnections(7);
                isNotFound(() -> seventh.create(bundle.request().build()));
            }
        }
    }

    private void awaitConnections(int count) throws Exception {
        var wanted = "silica_task_connections %d.0\n".formatted(count);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!ask("/metrics").contains(wanted)) {
            assertThat(System.nanoTime()).as("the end of a connection").isLessThan(deadline);
        }
    }

    @Test
    void onSigtermTheDaemonEndsInOrderAndTheSocketsGo() throws Exception {
        try (var supervised = supervise()) {
            serving(supervised);
            supervised.signal("TERM");
            assertThat(supervised.awaitEnd()).isZero();
            try (var left = Files.walk(directory)) {
                assertThat(left.map(Path::toString)).noneMatch(it -> it.endsWith(".sock"));
            }
        }
    }

    private static void assertIsServed(TaskConnection containerd) {
        isNotFound(() -> containerd.state("none"));
    }

    private static void isNotFound(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        TtrpcException.class,
                        e -> assertThat(e.code()).isEqualTo(StatusCode.NOT_FOUND));
    }

    /** Waits until a daemon serves; its process. */
    private static long serving(Supervised supervised) throws InterruptedException {
        return Long.parseLong(supervised.awaitLine("serving as process (\\d+)").group(1));
    }

    private Supervised supervise(String... options) {
        var all = new ArrayList<>(held());
        all.addAll(List.of(options));
        return Supervised.start(Map.of(), arguments(all));
    }

    private List<String> held() {
        var state = directory.resolve("state");
        return List.of(
                "--hold",
                state.resolve("task.sock").toString(),
                "--channel",
                state.resolve("holder.sock").toString());
    }

    private List<String> arguments(List<String> holder) {
        var arguments = new ArrayList<String>();
        arguments.add("run");
        arguments.addAll(List.of("--notify", directory.resolve("notify.sock").toString()));
        arguments.addAll(holder);
        arguments.addAll(DaemonProcess.command(directory));
        return arguments;
    }

    private TaskConnection tasks() {
        return new TaskConnection(directory.resolve("state/task.sock"));
    }

    private String ask(String path) {
        return MetricsSocket.ask(directory.resolve("state/metrics.sock"), path);
    }
}
