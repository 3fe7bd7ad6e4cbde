// SPDX-License-Identifier: Apache-2.0
package io.silica.server.faults;

import static io.silica.server.faults.Ground.begin;
import static io.silica.server.faults.Ground.refused;
import static io.silica.server.faults.Ground.succeeds;
import static io.silica.server.faults.Ground.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.proto.containerd.task.Status;
import io.silica.proto.containerd.task.WaitRequest;
import io.silica.proto.containerd.task.WaitResponse;
import io.silica.sandbox.Failpoint;
import io.silica.server.config.ByteSize;
import io.silica.server.contract.TaskConnection;
import io.silica.server.task.TaskService;
import io.silica.ttrpc.CallOptions;
import io.silica.ttrpc.StatusCode;
import io.silica.ttrpc.TtrpcClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a daemon refuses when its journal runs full, and what it must not: an error on Wait would be
 * an exit code of 255, one on Pids at a restart of containerd the end of the container.
 */
@Timeout(120)
class FullJournalTest {
    private static final ByteSize SMALL = new ByteSize(256 << 10);

    /** Makes few calls fill it. */
    private static final CallOptions LONG =
            CallOptions.none().withMetadata("padding", "x".repeat(4000));

    @TempDir Path directory;
    private HeldGround ground;
    private TaskConnection tasks;
    private TtrpcClient waiting;
    private final List<CompletableFuture<Void>> waits = new ArrayList<>();

    @BeforeEach
    void startDaemon() throws Exception {
        ground = new HeldGround(directory, SMALL);
        tasks = ground.tasks();
        waiting = TtrpcClient.connect(ground.socket());
        ground.run("s1");
        ground.runTask(tasks, "s1", "c1");
    }

    @AfterEach
    void removePod() {
        Failpoint.disarm();
        ground.daemon().shutdown("s1");
        assertThat(ground.rootfs()).isEmpty();
        waiting.close();
        tasks.close();
        ground.close();
    }

    @Test
    void newContainersAreRefusedAndThoseThatAreThereServed() {
        ground.runTask(tasks, "s1", "c2");
        fill();

        assertThatThrownBy(() -> ground.createTask(tasks, "s1", "c3"))
                .hasMessageContaining("cannot create container \"c3\": the journal is nearly full");
        refused(StatusCode.RESOURCE_EXHAUSTED, () -> ground.createTask(tasks, "s1", "c3"));
        assertThat(ground.survivors.containers()).containsExactlyInAnyOrder("c1", "c2");
        assertThat(tasks.state("c2").getStatus()).isEqualTo(Status.RUNNING);
        assertThat(tasks.connect("c2").getTaskPid()).isPositive();
        assertThat(tasks.pids("c2").getProcessesList()).isNotEmpty();
        var wait = begin(() -> assertThat(tasks.await("c2").getExitStatus()).isEqualTo(137));
        tasks.kill("c2", Ground.KILL);
        succeeds(wait);
        assertThat(tasks.delete("c2").getExitStatus()).isEqualTo(137);

        empty();
        ground.createTask(tasks, "s1", "c3");
    }

    @Test
    void aCreationThatTheLastLifeHasLetInIsCarriedOut() throws Exception {
        Failpoint.arm("task.create.mounted=halt");
        var create = begin(() -> ground.createTask(tasks, "s1", "c2"));
        Failpoint.awaitHalt("task.create.mounted");
        fill();
        ground.die();
        Failpoint.disarm();
        ground.live();

        succeeds(create);
        assertThat(ground.survivors.containers()).containsExactlyInAnyOrder("c1", "c2");
        refused(StatusCode.RESOURCE_EXHAUSTED, () -> ground.createTask(tasks, "s1", "c3"));
        empty();
        ground.createTask(tasks, "s1", "c3");
    }

    /** Asks for the end of a container until there is room for no other. */
    private void fill() {
        double half = ground.metric("silica_journal_capacity_bytes") / 2;
        while (used() <= half) {
            double before = used();
            waits.add(begin(this::awaitEnd));
            until(() -> used() > before);
        }
    }

    private void awaitEnd() {
        var answer =
                waiting.call(
                        TaskService.NAMES.getFirst(),
                        "Wait",
                        WaitRequest.newBuilder().setId("c1").build(),
                        WaitResponse.parser(),
                        LONG);
        assertThat(answer.getExitStatus()).isEqualTo(137);
    }

    /** Lets all that was asked be answered. */
    private void empty() {
        assertThat(waits).isNotEmpty().noneMatch(CompletableFuture::isDone);
        double before = used();
        tasks.kill("c1", Ground.KILL);
        waits.forEach(Ground::succeeds);
        until(() -> used() < before / 2);
    }

    private double used() {
        return ground.metric("silica_journal_used_bytes");
    }
}
