// SPDX-License-Identifier: Apache-2.0
package io.silica.server.faults;

import static io.silica.server.faults.Ground.begin;
import static io.silica.server.faults.Ground.failureOf;
import static io.silica.server.faults.Ground.refused;
import static io.silica.server.faults.Ground.succeeds;
import static io.silica.server.faults.Ground.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.SandboxException;
import io.silica.server.contract.Bundle;
import io.silica.server.contract.TaskConnection;
import io.silica.ttrpc.StatusCode;
import io.silica.ttrpc.TtrpcException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@LeakCheck
class ConcurrentRequestsTest {
    private static final int LIMIT = 8;

    @TempDir Path directory;
    private Ground ground;

    @BeforeEach
    void startDaemon() throws IOException {
        ground = new Ground(directory);
        ground.stopDaemon();
        ground = ground.limitedTo(LIMIT, LIMIT);
    }

    @AfterEach
    void stopDaemon() {
        ground.close();
    }

    @Test
    void oneOfTwoHundredCreationsOfOneSandboxWins() {
        List<Throwable> failures = failures(200, _ -> begin(() -> ground.daemon().create("s1")));
        assertThat(failures)
                .hasSize(199)
                .allSatisfy(e -> assertThat(code(e)).isEqualTo(Status.Code.ALREADY_EXISTS));
        ground.daemon().start("s1");
        shutDown("s1");
    }

    @Test
    void oneOfManyCreationsOfOneContainerWins() {
        ground.run("s1");
        Bundle bundle = ground.bundle("s1", "c1", "sleep");
        List<Throwable> failures =
                failures(100, _ -> begin(() -> ground.tasks().create(bundle.request().build())));
        assertThat(failures)
                .hasSize(99)
                .allSatisfy(e -> assertThat(taskCode(e)).isEqualTo(StatusCode.ALREADY_EXISTS));
        assertThat(ground.rootfs()).hasSize(1);
        ground.tasks().start("c1");
        ground.endTask("c1");
        shutDown("s1");
    }

    @Test
    void asManySandboxesAreCreatedAtOnceAsTheLimitSays() {
        List<Throwable> failures = failures(50, i -> begin(() -> ground.daemon().create("s" + i)));
        assertThat(failures)
                .hasSize(50 - LIMIT)
                .allSatisfy(e -> assertThat(code(e)).isEqualTo(Status.Code.RESOURCE_EXHAUSTED));
        List<String> created = Ground.names(ground.pods()); // Each has a directory of its name.
        assertThat(created).hasSize(LIMIT);
        created.forEach(ground.daemon()::shutdown);
        ground.nothingIsLeft();
    }

    @Test
    void asManyContainersAreCreatedAtOnceAsTheLimitSays() {
        ground.run("s1");
        List<Throwable> failures = failures(50, i -> begin(() -> ground.createTask("s1", "c" + i)));
        assertThat(failures)
                .hasSize(50 - LIMIT)
                .allSatisfy(e -> assertThat(taskCode(e)).isEqualTo(StatusCode.RESOURCE_EXHAUSTED));
        assertThat(ground.rootfs()).hasSize(LIMIT);
        shutDown("s1");
    }

    @Test
    void aShutdownMakesRoomUnderTheLimit() {
        IntStream.range(0, LIMIT).forEach(i -> ground.daemon().create("s" + i));
        refused(Status.Code.RESOURCE_EXHAUSTED, () -> ground.daemon().create("more"));
        refused(Status.Code.ALREADY_EXISTS, () -> ground.daemon().create("s0"));
        ground.daemon().shutdown("s0");
        ground.daemon().create("more");
        ground.daemon().shutdown("more");
        IntStream.range(1, LIMIT).forEach(i -> ground.daemon().shutdown("s" + i));
        ground.nothingIsLeft();
    }

    @Test
    void aStopDuringAStartComesAfterIt() {
        ground.daemon().create("s1");
        ground.faults.hold("sandbox.start");
        var start = begin(() -> ground.daemon().start("s1"));
        until(() -> ground.faults.waiting("sandbox.start") == 1);
        var stop = begin(() -> ground.daemon().stop("s1"));
        assertThat(ground.daemon().status("s1").getState()).isEqualTo("SANDBOX_NOTREADY");
        ground.faults.release("sandbox.start");
        succeeds(start);
        succeeds(stop);
        assertThat(ground.daemon().status("s1").hasExitedAt()).isTrue();
        shutDown("s1");
    }

    @Test
    void aShutdownDuringAStartLeavesNothing() {
        ground.daemon().create("s1");
        ground.faults.hold("sandbox.start");
        var start = begin(() -> ground.daemon().start("s1"));
        until(() -> ground.faults.waiting("sandbox.start") == 1);
        var shutdown = begin(() -> ground.daemon().shutdown("s1"));
        ground.faults.release("sandbox.start");
        succeeds(start);
        succeeds(shutdown);
        ground.nothingIsLeft();
    }

    @Test
    void aStartThatFailsTakesTheRequestsBehindItAlong() {
        ground.daemon().create("s1");
        ground.faults.hold("sandbox.start");
        var first = begin(() -> ground.daemon().start("s1"));
        until(() -> ground.faults.waiting("sandbox.start") == 1);
        ground.faults.failNext("sandbox.start", new SandboxException.Unavailable("no guest"));
        var second = begin(() -> ground.daemon().start("s1"));
        ground.faults.release("sandbox.start");
        assertThat(code(failureOf(first))).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(code(failureOf(second))).isEqualTo(Status.Code.NOT_FOUND);
        ground.nothingIsLeft();
    }

    @Test
    void manyShutdownsOfOneSandboxRemoveNothingOfTheNext() {
        for (int round = 0; round < 20; round++) {
            ground.run("s1");
            ground.runTask("s1", "c1");
            ground.faults.hold("sandbox.close");
            List<CompletableFuture<Void>> shutdowns =
                    IntStream.range(0, 20)
                            .mapToObj(_ -> begin(() -> ground.daemon().shutdown("s1")))
                            .toList();
            until(() -> ground.faults.waiting("sandbox.close") == 1);
            ground.faults.release("sandbox.close");
            until(() -> shutdowns.stream().anyMatch(CompletableFuture::isDone));
            ground.run("s1");
            shutdowns.forEach(this::succeedsOrWasTooLate);
            assertThat(ground.daemon().status("s1").getState()).isEqualTo("SANDBOX_READY");
            assertThat(ground.record("s1")).exists();
            shutDown("s1");
        }
    }

    @Test
    void manyDeletionsOfOneContainerRemoveNothingOfTheNext() {
        ground.run("s1");
        for (int round = 0; round < 20; round++) {
            ground.runTask("s1", "c1");
            ground.tasks().kill("c1", Ground.KILL);
            ground.tasks().await("c1");
            ground.faults.hold("process.delete");
            List<CompletableFuture<Void>> deletions =
                    IntStream.range(0, 10)
                            .mapToObj(_ -> begin(() -> ground.tasks().delete("c1")))
                            .toList();
            until(() -> ground.faults.waiting("process.delete") == 1);
            ground.faults.release("process.delete");
            until(() -> deletions.stream().anyMatch(CompletableFuture::isDone));
            ground.createTask("s1", "c1");
            until(() -> deletions.stream().allMatch(CompletableFuture::isDone));
            if (isThere("c1")) {
                ground.tasks().start("c1");
                assertThat(ground.rootfs()).hasSize(1);
                ground.endTask("c1");
            } else {
                // One that was so late that it came for the next one has deleted that, and all of
                // it.
                assertThat(ground.rootfs()).isEmpty();
            }
        }
        shutDown("s1");
    }

    private boolean isThere(String container) {
        try {
            ground.tasks().state(container);
            return true;
        } catch (TtrpcException e) {
            assertThat(e.code()).isEqualTo(StatusCode.NOT_FOUND);
            return false;
        }
    }

    @Test
    void aShutdownDuringTheCreationOfAContainerLeavesNothingOfEither() {
        ground.run("s1");
        ground.faults.hold("container.create");
        var create = begin(() -> ground.createTask("s1", "c1"));
        until(() -> ground.faults.waiting("container.create") == 1);
        shutDown("s1");
        ground.faults.release("container.create");
        assertThat(taskCode(failureOf(create))).isEqualTo(StatusCode.FAILED_PRECONDITION);
        refused(StatusCode.NOT_FOUND, () -> ground.tasks().state("c1"));
        ground.run("s2");
        ground.runTask("s2", "c1");
        ground.endTask("c1");
        shutDown("s2");
    }

    @Test
    void aDeletionDuringTheStartOfAContainerComesAfterIt() {
        ground.run("s1");
        ground.createTask("s1", "c1");
        ground.faults.hold("process.start");
        var start = begin(() -> ground.tasks().start("c1"));
        until(() -> ground.faults.waiting("process.start") == 1);
        var delete = begin(() -> ground.tasks().delete("c1"));
        ground.faults.release("process.start");
        succeeds(start);
        assertThat(taskCode(failureOf(delete))).isEqualTo(StatusCode.FAILED_PRECONDITION);
        ground.endTask("c1");
        shutDown("s1");
    }

    @Test
    void aContainerWhoseCallerHasGoneIsUndone() {
        ground.run("s1");
        ground.faults.hold("container.create");
        TaskConnection other = ground.daemon().tasks();
        Bundle bundle = ground.bundle("s1", "c1", "sleep");
        var create = begin(() -> other.create(bundle.request().build()));
        until(() -> ground.faults.waiting("container.create") == 1);
        other.close();
        until(create::isDone);
        // The daemon takes notice of things in the order in which they happen.
        refused(StatusCode.NOT_FOUND, () -> ground.tasks().state("c1"));
        ground.faults.release("container.create");
        until(() -> ground.rootfs().isEmpty());
        until(() -> isCreated("c1"));
        ground.tasks().start("c1");
        ground.endTask("c1");
        shutDown("s1");
    }

    /** The id is free a moment after the last mount is gone. */
    private boolean isCreated(String container) {
        try {
            ground.createTask("s1", container);
            return true;
        } catch (TtrpcException e) {
            assertThat(e.code()).isEqualTo(StatusCode.ALREADY_EXISTS);
            return false;
        }
    }

    private void succeedsOrWasTooLate(CompletableFuture<Void> shutdown) {
        until(shutdown::isDone);
        if (shutdown.isCompletedExceptionally()) {
            assertThat(code(shutdown.exceptionNow())).isEqualTo(Status.Code.NOT_FOUND);
        }
    }

    private void shutDown(String sandbox) {
        ground.daemon().shutdown(sandbox);
        ground.nothingIsLeft();
    }

    private static List<Throwable> failures(
            int calls, IntFunction<CompletableFuture<Void>> beginning) {
        List<CompletableFuture<Void>> begun =
                IntStream.range(0, calls).mapToObj(beginning).toList();
        until(() -> begun.stream().allMatch(CompletableFuture::isDone));
        var failures = new ArrayList<Throwable>();
        begun.stream()
                .filter(CompletableFuture::isCompletedExceptionally)
                .forEach(it -> failures.add(it.exceptionNow()));
        return failures;
    }

    private static Status.Code code(Throwable failure) {
        assertThat(failure).isInstanceOf(StatusRuntimeException.class);
        return ((StatusRuntimeException) failure).getStatus().getCode();
    }

    private static StatusCode taskCode(Throwable failure) {
        assertThat(failure).isInstanceOf(TtrpcException.class);
        return ((TtrpcException) failure).code();
    }
}
