// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.silica.proto.cri.PodSandboxConfig;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Pods that are virtual machines. A boot is dear: few tests, each with much in it. */
final class VmmTest {
    private static final Duration GRACE = Duration.ofSeconds(30);
    private static final String NO_CAPABILITY = "CapEff:\t0000000000000000\n";
    private static final String FILTERED = "Seccomp:\t2\n";

    @OnEveryContainerd
    void aPodIsAMachineOfItsOwnAndItsContainersAreRunInIt(Node node) throws IOException {
        try (var pod = VmmPods.run(node, VmmTest::withSysctl)) {
            var first = Busybox.shell(pod, "uname -r; hostname; echo mine >/file; exit 42");
            assertThat(first.awaitExitCode()).isEqualTo(42);
            assertThat(first.stdout()).contains("-cloud-amd64").endsWith("e2e-pod\n");

            var streams = Busybox.shell(pod, "seq 1 20000; echo this is stderr >&2; cat /file");
            assertThat(streams.awaitExitCode()).isEqualTo(1);
            assertThat(streams.stdout().lines()).hasSize(20_000).endsWith("20000");
            assertThat(streams.stderr()).startsWith("this is stderr\n");

            var settings =
                    Busybox.shell(pod, "cd /proc/sys/net; cat core/somaxconn ipv4/ip_unpriv*");
            assertThat(settings.awaitExitCode()).isZero();
            assertThat(settings.stdout()).isEqualTo("1234\n0\n");

            isReachedByItsAddress(pod);
            isReachedByAForwardedPort(node, pod);

            var stays =
                    Busybox.shell(pod, "trap 'exit 3' TERM; echo up; while :; do sleep 1; done");
            stays.awaitLine("up");
            var answer =
                    node.cri().exec(stays.id(), Busybox.shell("echo out; echo err >&2; exit 9"));
            assertThat(answer.getStdout().toStringUtf8()).isEqualTo("out\n");
            assertThat(answer.getStderr().toStringUtf8()).isEqualTo("err\n");
            assertThat(answer.getExitCode()).isEqualTo(9);
            isInThePodsCgroup(node, pod);
            hasNoRights(node);
            stays.stop(GRACE);
            assertThat(stays.awaitExitCode()).isEqualTo(3);
            // What stands still is ended by force.
            for (var qemu : VmmPods.processes(node, VmmPods.QEMU_NAME)) {
                Command.run("kill", "-STOP", Long.toString(qemu.pid()));
            }
        }
        Until.holds("the end of the machine", () -> VmmPods.processes(node).isEmpty());
    }

    private static PodSandboxConfig.Builder withSysctl(PodSandboxConfig.Builder config) {
        config.getLinuxBuilder().putSysctls("net.core.somaxconn", "1234");
        return config;
    }

    private static void isReachedByItsAddress(Pod pod) {
        var address = pod.status().getNetwork().getIp();
        var serves = Busybox.shell(pod, "ip addr; echo up; echo from the guest | nc -l -p 8080");
        serves.awaitLine("up");
        assertThat(serves.stdout()).contains("inet " + address + "/");
        // It may not listen yet.
        Until.passes(() -> {
            try (var socket = new Socket(address, 8080)) {
                assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                        .isEqualTo("from the guest\n");
            }
        });
        serves.kill();
    }

    private static void isReachedByAForwardedPort(Node node, Pod pod) throws IOException {
        var serves = Busybox.shell(pod, "echo up; nc -ll -p 8081 -e /bin/busybox echo hello");
        serves.awaitLine("up");
        try (var port = ForwardedPort.of(node, pod, 8081)) {
            Until.holds("an answer from the guest", () -> port.answer().equals("hello\n"));
        }
        serves.kill();
    }

    private static void isInThePodsCgroup(Node node, Pod pod) throws IOException {
        for (var process : VmmPods.processes(node)) {
            assertThat(Files.readString(Path.of("/proc/%d/cgroup".formatted(process.pid()))))
                    .contains("/" + node.cgroups().name() + "/")
                    .contains("/" + pod.id());
        }
    }

    /** What runs the guest has none. */
    private static void hasNoRights(Node node) throws IOException {
        for (var qemu : VmmPods.processes(node, VmmPods.QEMU_NAME)) {
            assertThat(status(qemu))
                    .contains(NO_CAPABILITY, "NoNewPrivs:\t1\n", FILTERED)
                    .containsPattern("Uid:\t20[123][0-9]{7}\t");
            try (var seen = Files.list(Path.of("/proc/%d/root".formatted(qemu.pid())))) {
                assertThat(seen).isEmpty();
            }
        }
        // One serves, and one waits for it.
        assertThat(VmmPods.processes(node, "virtiofsd"))
                .anySatisfy(it -> assertThat(status(it)).contains(FILTERED));
        assertThat(VmmPods.processes(node, VmmPods.VSOCK_NAME))
                .isNotEmpty()
                .allSatisfy(it ->
                        assertThat(file(it, "limits")).containsPattern("Max file size +0 +0 "));
    }

    private static String status(ProcessHandle process) throws IOException {
        return file(process, "status");
    }

    private static String file(ProcessHandle process, String name) throws IOException {
        return Files.readString(Path.of("/proc/%d/%s".formatted(process.pid(), name)));
    }

    @OnEveryContainerd
    void aContainerGoesOnWhenTheDaemonIsKilledAndAMachineThatIsKilledEndsItsPod(Node node) {
        try (var pod = VmmPods.run(node)) {
            var goesOn =
                    Busybox.shell(pod, "i=0; while :; do i=$((i + 1)); echo $i; sleep 0.05; done");
            var ends =
                    Busybox.shell(pod, "echo up; while ! [ -e /end ]; do sleep 0.1; done; exit 7");
            goesOn.awaitLine("5");
            ends.awaitLine("up");
            node.cri().exec(ends.id(), Busybox.shell("(sleep 0.3; touch /end) >/dev/null 2>&1 &"));

            node.vmm().kill();

            int seen = goesOn.stdout().lines().toList().size();
            goesOn.awaitLine(Integer.toString(seen + 50));
            assertThat(ends.awaitExitCode()).isEqualTo(7);
            assertThat(node.cri().exec(goesOn.id(), Busybox.shell("exit 4")).getExitCode())
                    .isEqualTo(4);
            var lines = goesOn.stdout().lines().toList();
            for (int i = 0; i < lines.size(); i++) {
                assertThat(lines.get(i)).isEqualTo(Integer.toString(i + 1));
            }

            VmmPods.processes(node, VmmPods.QEMU_NAME).forEach(ProcessHandle::destroyForcibly);

            assertThat(goesOn.awaitExitCode()).isEqualTo(137);
            Until.holds("the end of the pod", () -> !pod.isReady());
        }
    }
}
