// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.sandbox.AdoptedContainer;
import io.silica.sandbox.AdoptedProcess;
import io.silica.sandbox.Container;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ContainerProcess;
import io.silica.sandbox.ExecConfig;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.Exit;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.FormerProcess;
import io.silica.sandbox.ProcessState;
import io.silica.sandbox.Resources;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.Signal;
import io.silica.sandbox.Statistics;
import io.silica.sandbox.Stdio;
import io.silica.sandbox.TaskEvent;
import io.silica.server.host.ContainerRequest;
import io.silica.server.record.RecordStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told of a task of an earlier life: what its record does not know, and nothing twice. */
class TaskAdoptionTest {
    private static final int PID = 4711;
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final ExitStatus SEVEN = new ExitStatus(7, NOW.minusSeconds(5));
    private static final ContainerId C1 = new ContainerId("c1");
    private static final ExecId E1 = new ExecId("e1");

    @TempDir Path directory;
    private final List<TaskEvent> events = new ArrayList<>();
    private final Program process = new Program();
    private TaskSurroundings around;

    @BeforeEach
    void surround() {
        RecordStore<SandboxRecord> store =
                RecordStore.open(directory.resolve("records"), SandboxRecord.FORMAT);
        var second = Duration.ofSeconds(1);
        var limits =
                new RegistryConfig(
                        1, 1, second, Duration.ofMillis(1), second, second, Duration.ZERO);
        var daemon =
                new Surroundings(
                        limits, store, events::add, new InFlight(), InstantSource.fixed(NOW));
        var sandbox = new SandboxId("s1");
        var record =
                new RecordWriter(
                        store,
                        sandbox,
                        () ->
                                SandboxRecordForm.creating(
                                        SandboxRecordFormTest.specs().findFirst().orElseThrow(),
                                        NOW));
        around = new TaskSurroundings(daemon, record, new Tombstones());
    }

    /** An end is written down behind the back of who told it: nothing is to be written any more. */
    @AfterEach
    void endRecord() {
        around.record().delete();
    }

    @Test
    void untilItIsFoundItIsAnsweredForFromItsRecord() {
        Task task = task(new ProcessState.Running());
        assertThat(state(task)).isEqualTo(new ProcessState.Running());
        assertThat(task.process(Optional.empty()).pid()).isEqualTo(PID);
        assertThat(task.pids()).containsExactly(PID);
        assertThatThrownBy(() -> task.kill(Optional.empty(), Signal.KILL, true))
                .isInstanceOf(SandboxException.Unavailable.class);
        assertThat(events).isEmpty();
    }

    @Test
    void whatTheRecordKnowsIsNotToldAgain() {
        Task task = task(new ProcessState.Running());
        task.found(found(new ProcessState.Running()));
        assertThat(events).isEmpty();
    }

    @Test
    void anEndThatTheRecordKnowsIsNotToldAgainAndStays() {
        Task task = task(new ProcessState.Stopped(SEVEN));
        assertThat(exit(task)).contains(SEVEN);
        process.exit.complete(new ExitStatus(9, NOW));
        task.found(found(new ProcessState.Stopped(new ExitStatus(9, NOW))));
        assertThat(exit(task)).contains(SEVEN);
        assertThat(state(task)).isEqualTo(new ProcessState.Stopped(SEVEN));
        assertThat(events).isEmpty();
    }

    @Test
    void anEndThatTheRecordDoesNotKnowIsToldOnceWithItsCodeAndTime() {
        Task task = task(new ProcessState.Running());
        process.exit.complete(SEVEN);
        task.found(found(new ProcessState.Stopped(SEVEN)));
        task.found(found(new ProcessState.Stopped(SEVEN)));
        assertThat(exit(task)).contains(SEVEN);
        assertThat(events).containsExactly(new TaskEvent.Exited(C1, "c1", PID, SEVEN));
    }

    @Test
    void anEndAfterItWasFoundIsToldOnce() {
        Task task = task(new ProcessState.Running());
        task.found(found(new ProcessState.Running()));
        process.exit.complete(SEVEN);
        assertThat(state(task)).isEqualTo(new ProcessState.Stopped(SEVEN));
        assertThat(events).containsExactly(new TaskEvent.Exited(C1, "c1", PID, SEVEN));
    }

    @Test
    void aStartThatTheRecordDoesNotKnowIsTold() {
        Task task = task(new ProcessState.Created());
        task.found(found(new ProcessState.Running()));
        assertThat(state(task)).isEqualTo(new ProcessState.Running());
        assertThat(events).containsExactly(new TaskEvent.Started(C1, PID));
    }

    @Test
    void aPauseAndAResumeThatTheRecordDoesNotKnowAreTold() {
        task(new ProcessState.Running()).found(found(new ProcessState.Paused()));
        task(new ProcessState.Paused()).found(found(new ProcessState.Running()));
        assertThat(events).containsExactly(new TaskEvent.Paused(C1), new TaskEvent.Resumed(C1));
    }

    @Test
    void aTaskThatIsGoneIsToldAsKilledNow() {
        Task task = task(new ProcessState.Running());
        task.gone();
        task.gone();
        var killed = new ExitStatus(137, NOW);
        assertThat(exit(task)).contains(killed);
        assertThat(events).containsExactly(new TaskEvent.Exited(C1, "c1", PID, killed));
        assertThat(task.pids()).containsExactly(PID);
    }

    @Test
    void aTaskThatIsGoneKeepsTheEndThatItsRecordKnows() {
        Task task = task(new ProcessState.Stopped(SEVEN));
        task.gone();
        assertThat(exit(task)).contains(SEVEN);
        assertThat(events).isEmpty();
    }

    @Test
    void anAddedProcessIsFoundOrGone() {
        var exec = new Program();
        Task task =
                task(new ProcessState.Running(), Map.of(E1, former(new ProcessState.Created())));
        task.found(
                new AdoptedContainer(
                        C1,
                        new Box(process),
                        new ProcessState.Running(),
                        Map.of(E1, new AdoptedProcess(exec, new ProcessState.Running()))));
        assertThat(events).containsExactly(new TaskEvent.ExecStarted(C1, E1, PID));

        Task without =
                task(new ProcessState.Running(), Map.of(E1, former(new ProcessState.Running())));
        without.found(found(new ProcessState.Running()));
        assertThat(without.process(Optional.of(E1)).exit().status())
                .contains(new ExitStatus(137, NOW));
    }

    private Task task(ProcessState recorded) {
        return task(recorded, Map.of());
    }

    private Task task(ProcessState recorded, Map<ExecId, FormerProcess> execs) {
        var request =
                new ContainerRequest(
                        C1,
                        new SandboxId("s1"),
                        directory.resolve("bundle"),
                        List.of(),
                        Stdio.NONE);
        return new Task(new FormerTask(request, former(recorded), execs), around);
    }

    private static FormerProcess former(ProcessState recorded) {
        return new FormerProcess(PID, Stdio.NONE, recorded);
    }

    private AdoptedContainer found(ProcessState now) {
        return new AdoptedContainer(C1, new Box(process), now, Map.of());
    }

    private static ProcessState state(Task task) {
        return task.process(Optional.empty()).state();
    }

    private static Optional<ExitStatus> exit(Task task) {
        return task.process(Optional.empty()).exit().status();
    }

    private static final class Program implements ContainerProcess {
        final Exit exit = new Exit();

        @Override
        public int pid() {
            return PID;
        }

        @Override
        public void start() {}

        @Override
        public void kill(Signal signal, boolean all) {}

        @Override
        public Exit exit() {
            return exit;
        }

        @Override
        public void resize(int columns, int rows) {}

        @Override
        public void closeStdin() {}

        @Override
        public void delete() {}
    }

    private record Box(Program init) implements Container {
        @Override
        public ContainerProcess exec(ExecConfig config) {
            return init;
        }

        @Override
        public Statistics statistics() {
            return Statistics.none(NOW);
        }

        @Override
        public List<Integer> pids() {
            return List.of(PID);
        }

        @Override
        public void update(Resources resources) {}

        @Override
        public void pause() {}

        @Override
        public void resume() {}
    }
}
