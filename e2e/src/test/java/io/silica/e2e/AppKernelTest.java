// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import static java.nio.file.StandardCopyOption.COPY_ATTRIBUTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.ctl.cri.CriException;
import io.silica.proto.cri.LinuxContainerConfig;
import io.silica.proto.cri.LinuxContainerResources;
import io.silica.proto.cri.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.io.TempDir;

/** Pods on gVisor. */
final class AppKernelTest {
    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final Path EXAMPLES = Repository.directory("examples");
    private static final String EATS_WHEN_TOLD =
            "echo up; while ! [ -e /told/go ]; do sleep 0.05; done; head -c 400m /dev/zero | tail";

    @OnEveryContainerd
    void aContainerRunsOnAnotherKernelThanTheHosts(Node node) {
        try (var pod = AppKernelPods.run(node)) {
            var container = Busybox.shell(pod, "dmesg; echo done");

            assertThat(container.awaitExitCode()).isZero();
            assertThat(container.stdout()).contains("Starting gVisor").endsWith("done\n");
        }
    }

    /** One that nobody has installed is refused by name. */
    @OnEveryContainerd
    void aHandlerThatIsCalledAsAKernelGetsThatOne(Node node) {
        AppKernelPods.begin(node);
        try (var pod = Pod.runAs("gvisor", node)) {
            assertThatThrownBy(() -> Pod.runAs("quark", node))
                    .isInstanceOf(CriException.class)
                    .hasMessageContaining(AppKernelPods.quark(node.directory()).toString());
            assertThat(Busybox.shell(pod, "dmesg").awaitExitCode()).isZero();
        }
    }

    /** With the files that are installed, by the tool where there is no crictl. */
    @OnEveryContainerd
    void theExampleRuns(Node node, @TempDir Path directory) throws IOException {
        AppKernelPods.begin(node);
        for (var name : List.of("run_example_container.sh", "container-busybox.json")) {
            Files.copy(EXAMPLES.resolve(name), directory.resolve(name), COPY_ATTRIBUTES);
        }
        var pod = Files.readString(EXAMPLES.resolve("pod.json"));
        Files.writeString(
                directory.resolve("pod.json"),
                pod.replace("\"/tmp/silica-example\"", "\"%s\"".formatted(directory))
                        .replace(
                                "\"/silica-example\"",
                                "\"/%s/example\"".formatted(node.cgroups().name())));

        var ended =
                Command.end(
                        "",
                        List.of(
                                "env",
                                "PATH=%s:%s"
                                        .formatted(Repository.programs(), System.getenv("PATH")),
                                "CONTAINER_RUNTIME_ENDPOINT=" + node.cri().endpoint(),
                                directory.resolve("run_example_container.sh").toString(),
                                AppKernelPods.KIND));

        assertThat(ended.exitCode()).as(ended.stderr()).isZero();
        assertThat(ended.stdout()).startsWith("hello from the kernel ").contains("Starting gVisor");
    }

    @OnEveryContainerd
    void aSentryThatStandsStillHoldsUpNobodyElse(Node node) {
        try (var stands = AppKernelPods.run(node);
                var goesOn = AppKernelPods.run(node)) {
            var idle = Busybox.shell(stands, "echo up; sleep 1000").awaitLine("up");
            var busy = Busybox.shell(goesOn, "echo up; while :; do :; done").awaitLine("up");
            Until.passes(() -> {
                assertThat(cpu(node, idle)).isPresent();
                assertThat(cpu(node, busy)).isPresent();
            });
            var sentry = Long.toString(AppKernelPods.sentry(node, stands).pid());
            Command.run("kill", "-STOP", sentry);
            try {
                long before = cpu(node, busy).orElseThrow();
                Until.passes(() -> assertThat(cpu(node, busy).orElse(0)).isGreaterThan(before));
                assertThat(busy.run(Busybox.shell("exit 5")).getExitCode()).isEqualTo(5);
                assertThat(idle.isRunning()).isTrue();
            } finally {
                Command.run("kill", "-CONT", sentry);
            }
        }
    }

    /** As it is told of in the list of all. */
    private static OptionalLong cpu(Node node, PodContainer container) {
        return node.cri().allContainerStats().stream()
                .filter(it -> it.getAttributes().getId().equals(container.id()))
                .mapToLong(it -> it.getCpu().getUsageCoreNanoSeconds().getValue())
                .findFirst();
    }

    @OnEveryContainerd
    void streamedStdioWorksForContainersAndAddedProcesses(Node node) {
        try (var pod = AppKernelPods.runStreamed(node)) {
            var goesOn = Busybox.shell(pod, "echo up; sleep 1000").awaitLine("up");
            var ends = Busybox.shell(pod, "seq 1 20000; echo this is stderr >&2; exit 42");
            var answer =
                    node.cri().exec(goesOn.id(), Busybox.shell("echo out; echo err >&2; exit 9"));

            assertThat(answer.getStdout().toStringUtf8()).isEqualTo("out\n");
            assertThat(answer.getStderr().toStringUtf8()).isEqualTo("err\n");
            assertThat(answer.getExitCode()).isEqualTo(9);
            assertThat(ends.awaitExitCode()).isEqualTo(42);
            assertThat(ends.stdout().lines()).hasSize(20_000).endsWith("20000");
            assertThat(ends.stderr()).isEqualTo("this is stderr\n");
        }
    }

    @OnEveryContainerd
    void aStopIsTheStopSignalAndThenTheKill(Node node) {
        try (var pod = AppKernelPods.run(node)) {
            var obeys =
                    Busybox.shell(pod, "trap 'exit 3' TERM; echo up; while :; do sleep 0.1; done");
            var defies = Busybox.shell(pod, "trap '' TERM; echo up; while :; do :; done");
            obeys.awaitLine("up").stop(GRACE);
            defies.awaitLine("up").stop(Duration.ofSeconds(1));

            assertThat(obeys.awaitExitCode()).isEqualTo(3);
            assertThat(defies.awaitExitCode()).isEqualTo(137);
        }
    }

    @OnEveryContainerd
    void theContainersOfAPodSeeEachOthersProcessesAndEachItsOwnFiles(Node node) {
        try (var pod = AppKernelPods.run(node)) {
            var first = Busybox.shell(pod, "echo mine >/file; echo up; sleep 4321");
            first.awaitLine("up");
            var second = Busybox.shell(pod, "ps; cat /file");

            assertThat(second.awaitExitCode()).isEqualTo(1);
            assertThat(second.stdout()).contains("sleep 4321").contains("/pod-init");
            assertThat(first.isRunning()).isTrue();
        }
    }

    @OnEveryContainerd
    void aPodWithAnAddressHasItInside(Node node) {
        try (var pod = AppKernelPods.run(node, Pod::withAddress)) {
            var container = Busybox.shell(pod, "ip addr; hostname");

            assertThat(container.awaitExitCode()).isZero();
            assertThat(container.stdout())
                    .contains("inet " + pod.status().getNetwork().getIp() + "/")
                    .endsWith("e2e-pod\n");
        }
    }

    @OnEveryContainerd
    void aContainerGoesOnWhenTheDaemonIsKilledAndItsEndIsTold(Node node) {
        try (var pod = AppKernelPods.run(node)) {
            var goesOn =
                    Busybox.shell(pod, "i=0; while :; do i=$((i + 1)); echo $i; sleep 0.05; done");
            var ends =
                    Busybox.shell(pod, "echo up; while ! [ -e /end ]; do sleep 0.05; done; exit 7");
            goesOn.awaitLine("5");
            ends.awaitLine("up");
            node.cri().exec(ends.id(), Busybox.shell("(sleep 0.3; touch /end) >/dev/null 2>&1 &"));

            try (var _ = node.appkernel().dead()) {
                int seen = goesOn.stdout().lines().toList().size();
                goesOn.awaitLine(Integer.toString(seen + 20));
            }

            assertThat(ends.awaitExitCode()).isEqualTo(7);
            assertThat(goesOn.isRunning()).isTrue();
            assertThat(node.cri().exec(goesOn.id(), Busybox.shell("exit 4")).getExitCode())
                    .isEqualTo(4);
            goesOn.kill();
            assertThat(goesOn.awaitExitCode()).isEqualTo(137);
            var lines = goesOn.stdout().lines().toList();
            for (int i = 0; i < lines.size(); i++) {
                assertThat(lines.get(i)).isEqualTo(Integer.toString(i + 1));
            }
        }
    }

    @OnEveryContainerd
    void aSentryThatIsKilledEndsItsPodAndNoOther(Node node) {
        try (var other = AppKernelPods.run(node);
                var pod = AppKernelPods.run(node)) {
            var lives = Busybox.shell(other, "sleep 1000");
            var dies = Busybox.shell(pod, "sleep 1000");

            AppKernelPods.sentry(node, pod).destroyForcibly();

            assertThat(dies.awaitExitCode()).isEqualTo(137);
            Until.holds("the end of the pod", () -> !pod.isReady());
            assertThat(lives.isRunning()).isTrue();
            assertThat(other.isReady()).isTrue();
        }
    }

    @OnEveryContainerd
    void aSentryIsInThePodsCgroup(Node node) throws IOException {
        try (var pod = AppKernelPods.run(node)) {
            var sentry = AppKernelPods.sentry(node, pod);

            assertThat(Files.readString(Path.of("/proc/%d/cgroup".formatted(sentry.pid()))))
                    .contains("/" + node.cgroups().name() + "/")
                    .contains("/" + pod.id());
        }
    }

    @OnEveryContainerd
    void aTerminalInARunningContainerHasASizeAndKeys(Node node) {
        var script =
                "until [ \"$(stty size)\" = '40 120' ]; do sleep 0.05; done; echo sized;"
                        + " read -r a; echo \"<$a>\"; sleep 1000";
        try (var pod = AppKernelPods.run(node)) {
            var container = Busybox.shell(pod, "echo up; sleep 1000").awaitLine("up");
            try (var terminal = TerminalSession.open(node, container, Busybox.shell(script))) {
                terminal.resize(120, 40);
                terminal.await("sized\r\n");
                terminal.type("hello\n");
                terminal.await("<hello>\r\n");
                terminal.type("\u0003");
                terminal.await("^C");
            }
            assertThat(container.isRunning()).isTrue();
        }
    }

    @OnEveryContainerd
    void aPodThatUsesItsMemoryUpIsOomKilledAndNoOther(Node node) {
        try (var other = AppKernelPods.run(node);
                var pod = AppKernelPods.run(node)) {
            var lives = Busybox.shell(other, "sleep 1000");
            var eats =
                    pod.start(
                            "busybox",
                            config ->
                                    config.setLinux(limits(32 << 20))
                                            .addAllCommand(
                                                    Busybox.shell(
                                                            "head -c 400m /dev/zero | tail")));

            assertThat(eats.awaitExitCode()).isEqualTo(137);

            Until.passes(() -> assertThat(eats.status().getReason()).isEqualTo("OOMKilled"));
            assertThat(lives.isRunning()).isTrue();
        }
    }

    @OnEveryContainerd
    void aPodThatUsesItsMemoryUpWhileThereIsNoDaemonIsToldAsOomKilled(Node node, @TempDir Path told)
            throws IOException {
        var mount = Mount.newBuilder().setContainerPath("/told").setHostPath(told.toString());
        try (var pod = AppKernelPods.run(node)) {
            var eats =
                    pod.start(
                            "busybox",
                            config ->
                                    config.setLinux(limits(32 << 20))
                                            .addMounts(mount)
                                            .addAllCommand(Busybox.shell(EATS_WHEN_TOLD)));
            eats.awaitLine("up");
            var sentry = AppKernelPods.sentry(node, pod);

            try (var _ = node.appkernel().dead()) {
                Files.createFile(told.resolve("go"));
                // Nobody collects it meanwhile.
                Until.holds(
                        "the end of the sentry",
                        () -> !AppKernelPods.sentries(node).contains(sentry));
            }

            assertThat(eats.awaitExitCode()).isEqualTo(137);
            Until.passes(() -> assertThat(eats.status().getReason()).isEqualTo("OOMKilled"));
        }
    }

    /** containerd takes the end of all who have its output open for the end of all output. */
    @OnEveryContainerd
    void aContainerIsHeardWhoseStartTheDaemonDiedIn(Node node) {
        try (var pod = AppKernelPods.run(node)) {
            node.appkernel().armNextLife("gvisor.process.streams=kill");
            var container = Busybox.create(pod, "seq 1 100; exit 5");
            long next = node.appkernel().awaitOtherThan(node.appkernel().killed());

            container.start();

            assertThat(node.appkernel().awaitOtherThan(next)).isNotEqualTo(next);
            assertThat(container.awaitExitCode()).isEqualTo(5);
            assertThat(container.stdout().lines()).hasSize(100).endsWith("100");
        }
    }

    /** containerd dials it in the pod's network namespace, where the sentry's network is not. */
    @OnEveryContainerd
    void aPortOfAPodIsForwardedToWhatListensInItsSentry(Node node) throws Exception {
        try (var pod = AppKernelPods.run(node, Pod::withAddress)) {
            Busybox.shell(pod, "echo up; nc -ll -p 8080 -e /bin/busybox echo hello")
                    .awaitLine("up");
            try (var port = ForwardedPort.of(node, pod, 8080)) {
                Until.holds("an answer from inside", () -> port.answer().equals("hello\n"));
            }
        }
    }

    @OnEveryContainerd
    void whatHappensToAnAddedProcessIsToldInOrder(Node node) {
        try (var pod = AppKernelPods.run(node);
                var events = Subscription.of(node)) {
            var container = Busybox.shell(pod, "sleep 600");
            assertThat(container.run(Busybox.shell("true")).getExitCode()).isZero();
            container.kill();

            events.awaitTopic(container.id(), "/tasks/delete");
            pod.stop();
            events.awaitAnother(node);

            assertThat(events.topics(container.id()))
                    .containsExactly(
                            "/tasks/create",
                            "/tasks/start",
                            "/tasks/exec-added",
                            "/tasks/exec-started",
                            "/tasks/exit",
                            "/tasks/exit",
                            "/tasks/delete");
        }
    }

    private static LinuxContainerConfig.Builder limits(long memoryBytes) {
        return LinuxContainerConfig.newBuilder()
                .setResources(
                        LinuxContainerResources.newBuilder().setMemoryLimitInBytes(memoryBytes));
    }
}
