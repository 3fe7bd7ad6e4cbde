// SPDX-License-Identifier: Apache-2.0
package io.silica.server.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.silica.linux.MountTable;
import io.silica.proto.containerd.sandbox.ControllerUpdateRequest;
import io.silica.proto.containerd.sandbox.ControllerWaitRequest;
import io.silica.proto.containerd.sandbox.ControllerWaitResponse;
import io.silica.proto.containerd.types.Sandbox;
import io.silica.server.config.LimitsConfig;
import io.silica.server.contract.Bundle;
import io.silica.server.contract.DaemonUnderTest;
import io.silica.server.contract.TaskConnection;
import io.silica.server.fake.FakeSandboxer;
import io.silica.server.fake.Faults;
import io.silica.server.registry.Continuity;
import io.silica.ttrpc.StatusCode;
import io.silica.ttrpc.TtrpcException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** A daemon on the fake kind, in a directory of its own. */
final class Ground implements AutoCloseable {
    static final int KILL = 9;

    private static final int STATE_CALLS = 3_000;
    private static final long PATIENCE_SECONDS = 30;
    private static final long PAUSE_NANOS = 100_000;

    final Faults faults;
    final FakeSandboxer.Survivors survivors;

    private final Path directory;
    private final LimitsConfig limits;
    private final Continuity continuity;
    private volatile Duration clockIsAhead = Duration.ZERO;
    private DaemonUnderTest daemon;
    private TaskConnection tasks;

    Ground(Path directory) throws IOException {
        this(directory, Continuity.LOST);
    }

    /** One whose connections outlive its daemons, or not. */
    Ground(Path directory, Continuity continuity) throws IOException {
        this(
                directory,
                LimitsConfig.DEFAULT,
                continuity,
                new Faults(),
                new FakeSandboxer.Survivors());
    }

    private Ground(
            Path directory,
            LimitsConfig limits,
            Continuity continuity,
            Faults faults,
            FakeSandboxer.Survivors survivors)
            throws IOException {
        this.directory = directory;
        this.limits = limits;
        this.continuity = continuity;
        this.faults = faults;
        this.survivors = survivors;
        Files.createDirectories(directory.resolve("image"));
        this.daemon = started();
        this.tasks = daemon.tasks();
    }

    /** One whose sandboxes are removed if nobody claims them in time. */
    static Ground claimedWithin(Path directory, Duration time) throws IOException {
        LimitsConfig limits = LimitsConfig.DEFAULT;
        return new Ground(
                directory,
                limits(limits.maxSandboxes(), limits.maxContainersPerSandbox(), time),
                Continuity.LOST,
                new Faults(),
                new FakeSandboxer.Survivors());
    }

    /** The next life of a daemon that was stopped, with other limits. */
    Ground limitedTo(int sandboxes, int containers) throws IOException {
        return new Ground(
                directory,
                limits(sandboxes, containers, limits.claimWithin()),
                continuity,
                faults,
                survivors);
    }

    /** The same with another time within which its sandboxes are to be claimed. */
    Ground limitedTo(Duration claimWithin) throws IOException {
        return new Ground(
                directory,
                limits(limits.maxSandboxes(), limits.maxContainersPerSandbox(), claimWithin),
                continuity,
                faults,
                survivors);
    }

    private static LimitsConfig limits(int sandboxes, int containers, Duration claimWithin) {
        LimitsConfig limits = LimitsConfig.DEFAULT;
        return new LimitsConfig(
                sandboxes,
                containers,
                claimWithin,
                limits.nativeCallDeadline(),
                limits.blockingCallsPerSandbox(),
                limits.eventOutbox(),
                limits.journalSize());
    }

    /** Somebody sets the clock that the daemon of now and those after it look at. */
    void setClockAhead(Duration ofTheTrueTime) {
        clockIsAhead = ofTheTrueTime;
    }

    DaemonUnderTest daemon() {
        return daemon;
    }

    /** The connection that tests share. */
    TaskConnection tasks() {
        return tasks;
    }

    void run(String sandbox) {
        daemon.create(sandbox);
        daemon.start(sandbox);
    }

    /** Changes what a pod may use, as containerd 2.3 asks for it. */
    void update(String sandbox, String resources) {
        var extension =
                Any.newBuilder()
                        .setTypeUrl("io.containerd.cri.v1/UpdatedResources")
                        .setValue(ByteString.copyFromUtf8(resources))
                        .build();
        var _ =
                daemon.controller()
                        .update(
                                ControllerUpdateRequest.newBuilder()
                                        .setSandboxId(sandbox)
                                        .setSandbox(
                                                Sandbox.newBuilder()
                                                        .putExtensions(
                                                                "updated-resources", extension))
                                        .build());
    }

    /** Waits for the end of a pod. */
    ControllerWaitResponse await(String sandbox) {
        return daemon.controller()
                .wait(ControllerWaitRequest.newBuilder().setSandboxId(sandbox).build());
    }

    Bundle bundle(String sandbox, String container, String... args) {
        try {
            return Bundle.create(
                    directory.resolve("bundles"),
                    directory.resolve("image"),
                    sandbox,
                    container,
                    List.of(args));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void createTask(String sandbox, String container) {
        var _ = tasks.create(bundle(sandbox, container, "sleep").request().build());
    }

    void runTask(String sandbox, String container) {
        createTask(sandbox, container);
        tasks.start(container);
    }

    /** Of the calls for a container's state, one after another. */
    Duration p99OfState(String container) {
        long[] nanos = new long[STATE_CALLS];
        for (int i = 0; i < STATE_CALLS; i++) {
            long began = System.nanoTime();
            tasks.state(container);
            nanos[i] = System.nanoTime() - began;
        }
        Arrays.sort(nanos);
        return Duration.ofNanos(nanos[STATE_CALLS * 99 / 100]);
    }

    void endTask(String container) {
        tasks.kill(container, KILL);
        assertThat(tasks.await(container).getExitStatus()).isEqualTo(128 + KILL);
        tasks.delete(container);
    }

    void stopDaemon() {
        tasks.close();
        daemon.close();
    }

    void startDaemon() {
        daemon = started();
        tasks = daemon.tasks();
    }

    /** A daemon on the same state directory. */
    DaemonUnderTest started() {
        return new DaemonUnderTest(
                directory,
                new FakeSandboxer(faults, survivors),
                limits,
                continuity,
                () -> Instant.now().plus(clockIsAhead));
    }

    /** Where the sandbox's record is. */
    Path record(String sandbox) {
        return records().resolve(sandbox + ".json");
    }

    Path records() {
        return directory.resolve("state/sandboxes");
    }

    Path pods() {
        return directory.resolve("state/pods");
    }

    void nothingIsLeft() {
        assertThat(names(records())).isEmpty();
        assertThat(names(pods())).isEmpty();
        assertThat(mounts()).isEmpty();
    }

    List<Path> mounts() {
        return MountTable.read().below(directory).stream().map(MountTable.Mount::point).toList();
    }

    /** The root file systems that are mounted. */
    List<Path> rootfs() {
        return mounts().stream().filter(it -> it.endsWith("rootfs")).toList();
    }

    @Override
    public void close() {
        stopDaemon();
    }

    static List<String> names(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(it -> it.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void refused(Status.Code code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(code));
    }

    static void refused(StatusCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        TtrpcException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    static CompletableFuture<Void> begin(Runnable call) {
        var over = new CompletableFuture<Void>();
        Thread.ofVirtual()
                .name("test-call")
                .start(() -> {
                    try {
                        call.run();
                        over.complete(null);
                    } catch (Throwable e) {
                        over.completeExceptionally(e);
                    }
                });
        return over;
    }

    static void succeeds(CompletableFuture<?> call) {
        assertThat(call).succeedsWithin(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    static Throwable failureOf(CompletableFuture<?> call) {
        until(call::isDone);
        return call.exceptionNow();
    }

    static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waiting for %s", condition).isLessThan(end);
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
