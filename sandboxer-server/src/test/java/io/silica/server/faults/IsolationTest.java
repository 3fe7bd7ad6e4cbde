// SPDX-License-Identifier: Apache-2.0
package io.silica.server.faults;

import static io.silica.server.faults.Ground.begin;
import static io.silica.server.faults.Ground.refused;
import static io.silica.server.faults.Ground.succeeds;
import static io.silica.server.faults.Ground.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.silica.linux.leaks.LeakCheck;
import io.silica.proto.containerd.sandbox.ControllerMetricsRequest;
import io.silica.server.contract.TaskConnection;
import io.silica.ttrpc.StatusCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One pod's trouble is no other's. */
@LeakCheck
class IsolationTest {
    /** Generous: what is meant is that nobody waits for the other pod. */
    private static final Duration AT_ONCE = Duration.ofMillis(250);

    private static final Duration QUICKLY = Duration.ofSeconds(5);

    @TempDir Path directory;
    private Ground ground;

    @BeforeEach
    void startDaemon() throws IOException {
        ground = new Ground(directory);
    }

    @AfterEach
    void stopDaemon() {
        ground.close();
    }

    @Test
    void twoCallsThatDoNotReturnInOnePodDelayNoStateOfAnother() {
        ground.run("bad");
        ground.run("good");
        ground.runTask("good", "g1");
        ground.faults.hold("container.create");
        List<CompletableFuture<Void>> stuck =
                Stream.of("b1", "b2").map(id -> begin(() -> create("bad", id))).toList();
        until(() -> ground.faults.waiting("container.create") == 2);

        assertThat(ground.p99OfState("g1")).isLessThan(AT_ONCE);
        ground.endTask("g1");
        ground.daemon().shutdown("good");
        refused(Status.Code.NOT_FOUND, () -> ground.daemon().status("good"));

        ground.faults.release("container.create");
        stuck.forEach(Ground::succeeds);
        ground.daemon().shutdown("bad");
        ground.nothingIsLeft();
    }

    @Test
    void aPodThatDoesNotStartKeepsNoOtherFromItsWholeLife() {
        ground.daemon().create("bad");
        ground.daemon().create("good");
        ground.daemon().start("good");
        ground.faults.hold("sandbox.start");
        var stuck = begin(() -> ground.daemon().start("bad"));
        until(() -> ground.faults.waiting("sandbox.start") == 1);

        ground.runTask("good", "g1");
        ground.endTask("g1");
        ground.daemon().stop("good");
        ground.daemon().shutdown("good");
        assertThat(ground.daemon().status("bad").getState()).isEqualTo("SANDBOX_NOTREADY");

        ground.faults.release("sandbox.start");
        succeeds(stuck);
        ground.daemon().shutdown("bad");
        ground.nothingIsLeft();
    }

    @Test
    void figuresThatDoNotComeAreUnavailableSoonAndThoseOfOthersCome() {
        ground.run("s1");
        ground.runTask("s1", "c1");
        ground.faults.hold("sandbox.statistics");
        long began = System.nanoTime();
        refused(Status.Code.UNAVAILABLE, () -> metrics("s1"));
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(QUICKLY);
        assertThat(ground.tasks().stats("c1").hasStats()).isTrue();
        ground.faults.release("sandbox.statistics");
        ground.daemon().shutdown("s1");
        ground.nothingIsLeft();
    }

    @Test
    void aContainerWhoseFiguresDoNotComeIsUnavailableSoonAndStillAnswersState() {
        ground.run("s1");
        ground.runTask("s1", "c1");
        ground.faults.hold("container.statistics");
        refused(StatusCode.UNAVAILABLE, () -> ground.tasks().stats("c1"));
        assertThat(ground.p99OfState("c1")).isLessThan(AT_ONCE);
        ground.faults.release("container.statistics");
        until(this::figuresCome);
        ground.daemon().shutdown("s1");
        ground.nothingIsLeft();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.1\r\n\r\n", "\0", "\0\0\0\4", "\u007f\u007f\u007f\u007f"})
    void aConnectionThatSendsNonsenseDisturbsNoOther(String nonsense) {
        ground.run("s1");
        ground.runTask("s1", "c1");
        try (SocketChannel peer = peer()) {
            peer.write(ByteBuffer.wrap(nonsense.getBytes(StandardCharsets.UTF_8)));
            assertThat(ground.p99OfState("c1")).isLessThan(AT_ONCE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ground.endTask("c1");
        ground.daemon().shutdown("s1");
        ground.nothingIsLeft();
    }

    @Test
    void aConnectionThatVanishesWhileItWaitsDisturbsNoOther() {
        ground.run("s1");
        ground.runTask("s1", "c1");
        TaskConnection other = ground.daemon().tasks();
        try (TaskConnection third = ground.daemon().tasks()) {
            var gone = begin(() -> other.await("c1"));
            var kept = begin(() -> third.await("c1"));
            other.state("c1");
            other.close();
            until(gone::isDone);
            ground.tasks().kill("c1", Ground.KILL);
            succeeds(kept);
        }
        ground.tasks().delete("c1");
        ground.daemon().shutdown("s1");
        ground.nothingIsLeft();
    }

    private boolean figuresCome() {
        return ground.tasks().stats("c1").hasStats();
    }

    private void create(String sandbox, String container) {
        try (TaskConnection own = ground.daemon().tasks()) {
            var _ = own.create(ground.bundle(sandbox, container, "sleep").request().build());
        }
    }

    private void metrics(String sandbox) {
        var _ =
                ground.daemon()
                        .controller()
                        .metrics(
                                ControllerMetricsRequest.newBuilder()
                                        .setSandboxId(sandbox)
                                        .build());
    }

    private SocketChannel peer() throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(directory.resolve("task.sock")));
    }
}
