// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.quark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.appkernel.OnStandIn;
import io.silica.appkernel.QuarkKind;
import io.silica.linux.MountTable;
import io.silica.linux.Pidfd;
import io.silica.linux.ProcessIdentity;
import io.silica.linux.leaks.LeakCheck;
import io.silica.proto.containerd.task.Status;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.HostCalls;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxNetwork;
import io.silica.sandbox.Signal;
import io.silica.sandbox.Stdio;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What can go wrong with a sandbox: each ends it alone, with an error that names the cause. */
@LeakCheck
@OnStandIn
final class QuarkFaultsTest {
    private static final int SIGSTOP = 19;
    private static final SandboxNetwork HOST = new SandboxNetwork.Host();

    @TempDir Path directory;

    @ParameterizedTest
    @CsvSource({
        "exit, Failed, ended with 1",
        "no-pid, Failed, has written no pid file",
        "no-number, Failed, has written a pid file without a pid: soon",
        "strange-pid, Failed, has written the pid of a process that is not its: 1",
        "death, Failed, the process of Quark ended when it had just begun",
        "garbage, Failed, what answers for Quark is no task service"
    })
    void aStartThatFailsSaysWhyAndCanBeRepeated(String fault, String type, String words)
            throws Exception {
        try (var pod = new QuarkPodOfOne(directory, HOST)) {
            pod.standIn().fault(fault);
            assertThatThrownBy(pod.pod()::start)
                    .isInstanceOf(SandboxException.class)
                    .hasMessageContaining(words)
                    .extracting(it -> it.getClass().getSimpleName())
                    .isEqualTo(type);
            pod.standIn().fault("");
            assertThat(pod.pod().start()).isPositive();
            assertThat(pod.started("c1").init().state().label()).isEqualTo("Running");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "hang, did not end within 0 s",
        "silent, the task service of Quark has not answered within 300 ms"
    })
    void whatDoesNotAnswerIsNotWaitedForForever(String fault, String words) throws IOException {
        var standIn = new StandIn(directory.resolve("quark"));
        standIn.fault(fault);
        var state = directory.resolve("pods");
        try (var kernel =
                        new QuarkKernel(
                                standIn.config(state, Duration.ofMillis(300)), _ -> new Direct());
                var pod = kernel.prepare(QuarkPodOfOne.spec(HOST))) {
            // Under load the command may not have ended by then either.
            assertThatThrownBy(pod::start)
                    .isInstanceOf(SandboxException.TimedOut.class)
                    .message()
                    .containsAnyOf(words, "did not end within 0 s");
        }
        assertThat(state).isEmptyDirectory();
    }

    @Test
    void aProgramThatIsMissingIsNamed() throws IOException {
        var pod = new QuarkPodOfOne(directory, HOST);
        Files.delete(pod.standIn().program());
        assertThatThrownBy(pod.pod()::start)
                .isInstanceOf(SandboxException.Unavailable.class)
                .hasMessageContaining(pod.standIn().program().toString());
        pod.close();
    }

    @Test
    void aWaitThatTellsOfAKillIsBelieved() throws Exception {
        try (var pod = new QuarkPodOfOne(directory, HOST)) {
            pod.standIn().fault("killed");
            pod.pod().start();
            assertThat(pod.started("c1").init().exit().await().code()).isEqualTo(137);
        }
    }

    @Test
    void aSandboxThatDiesEndsItsContainersAndNoOther() throws Exception {
        try (var pod = new QuarkPodOfOne(directory, HOST);
                var otherKernel =
                        QuarkKind.kernel(
                                new StandIn(directory.resolve("other")),
                                directory.resolve("others"));
                var other = otherKernel.prepare(QuarkPodOfOne.spec(HOST))) {
            pod.pod().start();
            other.start();
            var container = pod.started("c1");
            signal(pod.pod().pid(), Pidfd.SIGKILL);
            assertThat(container.init().exit().await().code()).isEqualTo(137);
            assertThat(pod.pod().exit().await().code()).isEqualTo(137);
            assertThat(other.exit().status()).isEmpty();
            container.init().delete();
        }
    }

    @Test
    void aSandboxThatStandsStillIsEndedWithItsPod() throws Exception {
        try (var pod = new QuarkPodOfOne(directory, HOST)) {
            pod.pod().start();
            var container = pod.started("c1");
            signal(pod.pod().pid(), SIGSTOP);
            pod.pod().stop();
            assertThat(container.init().exit().await().code()).isEqualTo(137);
            assertThat(pod.pod().exit().await().code()).isZero();
        }
    }

    /** The kill comes after the start has begun, and before Quark has heard of it. */
    @Test
    void aProcessThatIsKilledWhileItIsBeingStartedDoesNotLiveOn() throws Exception {
        var host = new Hooked("open the streams of ");
        try (var pod = new QuarkPodOfOne(directory, HOST, _ -> host)) {
            pod.pod().start();
            var init = pod.create("c1", Stdio.NONE, List.of(), "/bin/sleep", "100000").init();
            host.next = () -> init.signal(Signal.KILL, false);
            init.start();
            assertThat(init.exit().await().code()).isEqualTo(137);
            try (var socket = socket(pod, host)) {
                var task = new QuarkTask(socket, new ContainerId("c1"), Optional.empty());
                assertThat(task.status()).contains(Status.STOPPED);
                init.delete();
                assertThat(task.status()).isEmpty();
            }
        }
    }

    @Test
    void filesThatAreShownTooLateAreTakenAway() throws Exception {
        var host = new Hooked("show the files of ");
        try (var pod = new QuarkPodOfOne(directory, HOST, _ -> host)) {
            pod.pod().start();
            host.next =
                    () -> {
                        throw new SandboxException.TimedOut("too late");
                    };
            assertThatThrownBy(() -> pod.started("c1"))
                    .isInstanceOf(SandboxException.TimedOut.class);
            var places = QuarkPlaces.of(pod.state(), QuarkPodOfOne.POD);
            assertThat(MountTable.read().below(places.sandbox().resolve("c1"))).isEmpty();
            assertThat(places.containers()).isEmpty();
            assertThat(pod.started("c1").init().state().label()).isEqualTo("Running");
        }
    }

    private static TaskSocket socket(QuarkPodOfOne pod, HostCalls host) {
        return new TaskSocket(QuarkPlaces.of(pod.state(), QuarkPodOfOne.POD).socket(), host);
    }

    private static void signal(int pid, int signal) {
        try (var pidfd = Pidfd.open(ProcessIdentity.of(pid).orElseThrow()).orElseThrow()) {
            pidfd.signal(signal);
        }
    }

    /** Has something come after one call and before its result; if that fails, it is undone. */
    private static final class Hooked implements HostCalls {
        private final Direct calls = new Direct();
        private final String action;
        private Runnable next = () -> {};

        /**
         * @param action what the action of the call begins with
         */
        Hooked(String action) {
            this.action = action;
        }

        @Override
        public <T> T call(String what, Callable<T> work, Consumer<T> undo) {
            T result = calls.call(what, work, undo);
            if (what.startsWith(action)) {
                var coming = next;
                next = () -> {};
                try {
                    coming.run();
                } catch (RuntimeException e) {
                    undo.accept(result);
                    throw e;
                }
            }
            return result;
        }

        @Override
        public void close() {}
    }

    /** Blocks whoever calls. */
    private static final class Direct implements HostCalls {
        @Override
        public <T> T call(String action, Callable<T> work, Consumer<T> undo) {
            try {
                return work.call();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void close() {}
    }
}
