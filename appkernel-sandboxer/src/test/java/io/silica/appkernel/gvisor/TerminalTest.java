// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.appkernel.OnGvisor;
import io.silica.appkernel.kernel.KernelContainer;
import io.silica.appkernel.kernel.KernelProcess;
import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.ExecConfig;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Stdio;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Terminals of a real sentry, over FIFOs as containerd has them. */
@LeakCheck
@OnGvisor
final class TerminalTest {
    /** Says how large its terminal is, and again when it has read a line. */
    private static final String ASKS =
            "busybox stty size; read -r a; echo \"<$a>\"; busybox stty size; exit 5";

    @TempDir Path directory;
    private PodOfOne pod;
    private Path in;
    private Path out;
    private Stdio terminal;

    @BeforeEach
    void startPod() throws Exception {
        pod = PodOfOne.start(directory);
        in = pod.fifo("in");
        out = pod.fifo("out");
        terminal = new Stdio(in.toString(), out.toString(), "", true);
    }

    @AfterEach
    void closePod() {
        pod.close();
    }

    @Test
    void aContainersTerminalHasItsSizeEchoesAndEndsWithIt() throws Exception {
        var container = pod.create("c1", terminal, "/bin/sh", "-c", ASKS);
        container.init().resize(80, 24);
        container.init().start();
        try (var read = Files.newInputStream(out)) {
            assertThat(PodOfOne.readTo(read, "\n")).isEqualTo("24 80\r\n");
            container.init().resize(100, 30);
            Files.writeString(in, "hello\n");
            assertThat(PodOfOne.rest(read)).isEqualTo("hello\r\n<hello>\r\n30 100\r\n");
        }
        assertThat(container.init().exit().await().code()).isEqualTo(5);
        container.init().delete();
    }

    @Test
    void aProcessThatIsAddedHasATerminalOfItsOwn() throws Exception {
        var container = pod.create("c1", Stdio.NONE, "/bin/sleep", "1000");
        container.init().start();
        var added = exec(container, "/bin/sh", "-c", ASKS);
        added.resize(3, 2);
        added.start();
        try (var read = Files.newInputStream(out)) {
            assertThat(PodOfOne.readTo(read, "\n")).isEqualTo("2 3\r\n");
            added.resize(7, 5);
            Files.writeString(in, "x\n");
            assertThat(PodOfOne.rest(read)).endsWith("<x>\r\n5 7\r\n");
        }
        assertThat(added.exit().await().code()).isEqualTo(5);
        added.delete();
        assertThatThrownBy(() -> container.init().resize(80, 24))
                .isInstanceOf(SandboxException.Unsupported.class)
                .hasMessageContaining("container \"c1\" has no terminal");
    }

    @Test
    void aChangeOfTheSizeIsToldToTheProcess() throws Exception {
        var container =
                pod.create(
                        "c1",
                        terminal,
                        "/bin/sh",
                        "-c",
                        "trap 'echo changed; exit 3' WINCH; echo up; while :; do sleep 0.02; done");
        container.init().start();
        try (var read = Files.newInputStream(out)) {
            PodOfOne.readTo(read, "up\r\n");
            container.init().resize(90, 20);
            assertThat(PodOfOne.rest(read)).isEqualTo("changed\r\n");
        }
        assertThat(container.init().exit().await().code()).isEqualTo(3);
    }

    @Test
    void aKeyInterruptsTheProcess() throws Exception {
        var container = pod.create("c1", Stdio.NONE, "/bin/sleep", "1000");
        container.init().start();
        var added = exec(container, "/bin/sh", "-c", "echo up; exec sleep 1000");
        added.start();
        try (var read = Files.newInputStream(out)) {
            PodOfOne.readTo(read, "up\r\n");
            Files.writeString(in, "\u0003");
            assertThat(PodOfOne.rest(read)).isEqualTo("^C");
        }
        assertThat(added.exit().await().code()).isEqualTo(130);
        added.delete();
    }

    @Test
    void aTerminalGoesOnWithoutADaemonAndIsFoundAgain() throws Exception {
        var container = pod.create("c1", terminal, "/bin/sh", "-c", "read -r a; " + ASKS);
        container.init().resize(80, 24);
        container.init().start();
        pod.die();
        try (var read = Files.newInputStream(out)) {
            Files.writeString(in, "one\n");
            assertThat(PodOfOne.readTo(read, "80\r\n")).isEqualTo("one\r\n24 80\r\n");
            var found = pod.live().getFirst();
            found.init().resize(60, 10);
            Files.writeString(in, "two\n");
            assertThat(PodOfOne.rest(read)).endsWith("<two>\r\n10 60\r\n");
            assertThat(found.init().exit().await().code()).isEqualTo(5);
        }
    }

    @Test
    void allThatWasPrintedIsThereAlsoIfItIsMoreThanFits() throws Exception {
        var container =
                pod.create("c1", terminal, "/bin/sh", "-c", "busybox seq 1 20000; echo end");
        container.init().start();
        try (var read = Files.newInputStream(out)) {
            assertThat(PodOfOne.rest(read).lines()).hasSize(20_001).endsWith("end");
        }
        assertThat(container.init().exit().await().code()).isZero();
    }

    private KernelProcess exec(KernelContainer container, String... args) {
        return container.exec(
                new ExecConfig(new ExecId("e1"), PodOfOne.process(terminal, args), terminal));
    }
}
