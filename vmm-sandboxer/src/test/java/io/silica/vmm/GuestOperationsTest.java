// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.Container;
import io.silica.sandbox.ContainerProcess;
import io.silica.sandbox.Operation;
import io.silica.sandbox.Signal;
import io.silica.sandbox.Stdio;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a guest is asked for again: by the same daemon, or by its next life. */
@LeakCheck
final class GuestOperationsTest {
    private static final Signal USR1 = new Signal(FakeGuestProcess.USR1);

    @TempDir Path directory;
    private PodInMemory pod;
    private Container container;
    private ContainerProcess init;

    @BeforeEach
    void startContainer() throws IOException {
        pod = new PodInMemory(directory);
        container = pod.create(Stdio.NONE, "sleep");
        init = container.init();
        init.start();
    }

    @AfterEach
    void closePod() {
        pod.close();
    }

    @Test
    void aSignalIsSentOnceWhenTheConnectionIsLostBeforeItsAnswer() {
        pod.guest().loseAnswerOf("Kill");
        init.kill(USR1, false);
        assertThat(counted()).isEqualTo(1);
        init.kill(USR1, false);
        assertThat(counted()).isEqualTo(2);
    }

    @Test
    void aContainerIsMadeOnceWhenTheConnectionIsLostBeforeTheAnswer() throws Exception {
        init.kill(Signal.KILL, true);
        init.exit().await();
        init.delete();
        pod.guest().loseAnswerOf("Create");
        pod.create(Stdio.NONE, "sleep");
        assertThat(pod.guest().made()).isEqualTo(2);
    }

    @Test
    void aSignalIsSentOnceWhenTheDaemonDiesBeforeItsAnswer() throws Exception {
        signal("asked once");
        init = pod.nextLife(Stdio.NONE).init();
        signal("asked once");
        assertThat(counted()).isEqualTo(1);
        signal("asked for anew");
        assertThat(counted()).isEqualTo(2);
    }

    @Test
    void anExecThatNobodyKnowsIsForgottenAndItsContainerGoesOn() {
        var _ = PodInMemory.exec(container, Stdio.NONE, "sleep");
        container = pod.nextLife(Stdio.NONE);
        assertThat(pod.guest().states().getFirst().getProcessesList()).hasSize(1);
        assertThat(container.init().exit().status()).isEmpty();
        PodInMemory.exec(container, Stdio.NONE, "exit", "4").start();
    }

    @Test
    void aContainerThatNobodyKnowsIsReplacedInEveryLifeThatIsAskedForItAgain() throws Exception {
        for (int made = 2; made <= 4; made++) {
            pod.nextLife();
            container = new Operation("asked once").call(() -> pod.create(Stdio.NONE, "sleep"));
            assertThat(pod.guest().made()).isEqualTo(made);
        }
    }

    private void signal(String operation) throws Exception {
        var _ =
                new Operation(operation)
                        .call(() -> {
                            init.kill(USR1, false);
                            return operation;
                        });
    }

    private int counted() {
        return pod.guest().process(PodInMemory.ID.value(), "").counted();
    }
}
