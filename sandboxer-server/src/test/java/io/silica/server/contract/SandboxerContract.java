// SPDX-License-Identifier: Apache-2.0
package io.silica.server.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.silica.linux.leaks.LeakCheck;
import io.silica.proto.containerd.cgroups.v2.Metrics;
import io.silica.proto.containerd.sandbox.ControllerMetricsRequest;
import io.silica.proto.containerd.sandbox.ControllerPlatformRequest;
import io.silica.proto.containerd.sandbox.ControllerStatusResponse;
import io.silica.proto.containerd.sandbox.ControllerUpdateRequest;
import io.silica.proto.containerd.sandbox.ControllerWaitRequest;
import io.silica.proto.containerd.sandbox.ControllerWaitResponse;
import io.silica.proto.containerd.types.Metric;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What containerd asks of the Controller service, whatever the kind. */
@LeakCheck
public abstract class SandboxerContract {
    private static final String READY = "SANDBOX_READY";
    private static final String NOT_READY = "SANDBOX_NOTREADY";

    @TempDir Path directory;
    private KindUnderTest kind;
    private DaemonUnderTest daemon;

    /** The kind, made anew for each test. */
    protected abstract KindUnderTest kind();

    @BeforeEach
    void startDaemon() {
        kind = kind();
        daemon = started();
    }

    @AfterEach
    void stopDaemon() {
        daemon.close();
        kind.cleanUp();
    }

    @Test
    void aStartedSandboxIsReadyAndNamesItsTaskAddress() {
        daemon.create("s1");
        assertThat(daemon.status("s1").getState()).isEqualTo(NOT_READY);
        var started = daemon.start("s1");
        assertThat(started.getAddress()).startsWith("ttrpc+unix:///");
        assertThat(started.getVersion()).isEqualTo(3);
        ControllerStatusResponse status = daemon.status("s1");
        assertThat(status.getState()).isEqualTo(READY);
        assertThat(status.getSandboxId()).isEqualTo("s1");
        assertThat(status.getPid()).isEqualTo(started.getPid());
        assertThat(status.getAddress()).isEqualTo(started.getAddress());
        assertThat(status.getVersion()).isEqualTo(3);
        assertThat(status.getCreatedAt()).isEqualTo(started.getCreatedAt());
        daemon.shutdown("s1");
    }

    @Test
    void aStoppedSandboxIsNotReadyUntilItIsShutDown() {
        running("s1");
        daemon.stop("s1");
        assertThat(daemon.status("s1").getState()).isEqualTo(NOT_READY);
        assertThat(daemon.status("s1").hasExitedAt()).isTrue();
        daemon.shutdown("s1");
        refused(Status.Code.NOT_FOUND, () -> daemon.status("s1"));
    }

    @Test
    void whatIsDoneAlreadySucceedsAgain() {
        running("s1");
        daemon.start("s1");
        daemon.stop("s1");
        daemon.stop("s1");
        daemon.shutdown("s1");
        refused(Status.Code.NOT_FOUND, () -> daemon.stop("s1"));
        refused(Status.Code.NOT_FOUND, () -> daemon.shutdown("s1"));
    }

    @Test
    void aStoppedSandboxIsNotStartedAgain() {
        running("s1");
        daemon.stop("s1");
        refused(Status.Code.FAILED_PRECONDITION, () -> daemon.start("s1"));
        daemon.shutdown("s1");
    }

    @Test
    void anIdIsTakenOnceAndFreeAfterTheShutdown() {
        running("s1");
        refused(Status.Code.ALREADY_EXISTS, () -> daemon.create("s1"));
        assertThat(daemon.status("s1").getState()).isEqualTo(READY);
        daemon.shutdown("s1");
        running("s1");
        daemon.shutdown("s1");
    }

    @Test
    void aSandboxThatNobodyStartedCanBeShutDown() {
        daemon.create("s1");
        daemon.shutdown("s1");
        refused(Status.Code.NOT_FOUND, () -> daemon.status("s1"));
    }

    @Test
    void anUnknownSandboxIsNotFoundWhateverIsAsked() {
        List<Consumer<String>> requests =
                List.of(
                        daemon::start,
                        daemon::stop,
                        daemon::shutdown,
                        daemon::status,
                        this::metrics,
                        this::update);
        for (Consumer<String> request : requests) {
            refused(Status.Code.NOT_FOUND, () -> request.accept("nobody"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "../x", "/", "a/b", ".", "a\nb", "é"})
    void anIdThatIsNoIdIsRefusedInWords(String id) {
        refused(Status.Code.INVALID_ARGUMENT, () -> daemon.create(id));
        refused(Status.Code.INVALID_ARGUMENT, () -> daemon.status(id));
    }

    @Test
    void aLongIdIsRefusedInAShortMessage() {
        assertThatThrownBy(() -> daemon.create("a".repeat(4096)))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("INVALID_ARGUMENT")
                .message()
                .hasSizeLessThan(300);
    }

    @Test
    void aThousandWaitsEndWithTheStopAndAgreeWithTheStatus() throws Exception {
        running("s1");
        List<ListenableFuture<ControllerWaitResponse>> waits = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            waits.add(waitFor("s1"));
        }
        assertThatThrownBy(() -> waits.getFirst().get(50, TimeUnit.MILLISECONDS))
                .isInstanceOf(TimeoutException.class);
        daemon.stop("s1");
        for (ListenableFuture<ControllerWaitResponse> wait : waits) {
            assertThat(wait.get(30, TimeUnit.SECONDS).getExitedAt())
                    .isEqualTo(daemon.status("s1").getExitedAt());
        }
        daemon.shutdown("s1");
    }

    @Test
    void aWaitAfterTheEndIsAnsweredAtOnce() throws Exception {
        running("s1");
        daemon.stop("s1");
        assertThat(waitFor("s1").get(30, TimeUnit.SECONDS).hasExitedAt()).isTrue();
        daemon.shutdown("s1");
    }

    @Test
    void aWaitForNobodyFails() {
        assertThatThrownBy(() -> waitFor("nobody").get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining("NOT_FOUND");
    }

    @Test
    void thePlatformIsLinuxOnThisMachine() {
        daemon.create("s1");
        var platform =
                daemon.controller()
                        .platform(ControllerPlatformRequest.newBuilder().setSandboxId("s1").build())
                        .getPlatform();
        assertThat(platform.getOs()).isEqualTo("linux");
        assertThat(platform.getArchitecture()).isIn("amd64", "arm64");
        daemon.shutdown("s1");
    }

    @Test
    void figuresAreUnavailableUntilThereAreSomeAndThenInTheFormOfACgroup() throws Exception {
        daemon.create("s1");
        refused(Status.Code.UNAVAILABLE, () -> metrics("s1"));
        daemon.start("s1");
        Metric metric = metrics("s1");
        assertThat(metric.getId()).isEqualTo("s1");
        assertThat(metric.hasTimestamp()).isTrue();
        assertThat(metric.getData().getTypeUrl()).isEqualTo("io.containerd.cgroups.v2.Metrics");
        assertThat(Metrics.parseFrom(metric.getData().getValue()).hasMemory()).isTrue();
        daemon.stop("s1");
        refused(Status.Code.UNAVAILABLE, () -> metrics("s1"));
        daemon.shutdown("s1");
    }

    @Test
    void sandboxesOfAnEarlierLifeAreKnownAndReady() {
        running("s1");
        daemon.create("s2");
        running("s3");
        daemon.stop("s3");
        daemon.close();
        daemon = started();
        assertThat(daemon.status("s1").getState()).isEqualTo(READY);
        assertThat(daemon.status("s2").getState()).isEqualTo(NOT_READY);
        assertThat(daemon.status("s3").getState()).isEqualTo(NOT_READY);
        daemon.start("s2");
        assertThat(daemon.status("s2").getState()).isEqualTo(READY);
        for (String id : List.of("s1", "s2", "s3")) {
            daemon.shutdown(id);
        }
    }

    @Test
    void manySandboxesComeAndGoAtOnce() throws InterruptedException {
        List<Thread> callers = new ArrayList<>();
        List<Throwable> failures = new CopyOnWriteArrayList<>();
        for (int i = 0; i < kind.sandboxesAtOnce(); i++) {
            String id = "s" + i;
            callers.add(
                    Thread.ofVirtual()
                            .name("caller-" + i)
                            .uncaughtExceptionHandler((_, e) -> failures.add(e))
                            .start(() -> wholeLife(id)));
        }
        for (Thread caller : callers) {
            caller.join();
        }
        assertThat(failures).isEmpty();
    }

    private void wholeLife(String id) {
        running(id);
        assertThat(daemon.status(id).getState()).isEqualTo(READY);
        daemon.stop(id);
        daemon.shutdown(id);
    }

    private DaemonUnderTest started() {
        return new DaemonUnderTest(directory, kind.sandboxer(directory.resolve("kind")));
    }

    private void running(String id) {
        daemon.create(id);
        daemon.start(id);
    }

    private Metric metrics(String id) {
        return daemon.controller()
                .metrics(ControllerMetricsRequest.newBuilder().setSandboxId(id).build())
                .getMetrics();
    }

    private void update(String id) {
        var _ =
                daemon.controller()
                        .update(ControllerUpdateRequest.newBuilder().setSandboxId(id).build());
    }

    private ListenableFuture<ControllerWaitResponse> waitFor(String id) {
        return daemon.waiting().wait(ControllerWaitRequest.newBuilder().setSandboxId(id).build());
    }

    private static void refused(Status.Code code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(code));
    }
}
