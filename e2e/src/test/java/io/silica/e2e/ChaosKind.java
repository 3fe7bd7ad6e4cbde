// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import io.silica.proto.cri.PodSandboxConfig;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * The kinds whose pods come and go in chaos: how one of their containers counts, at which places of
 * their own their daemons die, and what may be lost with whom. That is said here and nowhere else.
 *
 * <p>The output of none of them passes through its daemon: whatever happens to that, each line
 * comes once. What a containerd that is killed had read is lost with it, for any kind.
 */
enum ChaosKind {
    WASM("wasm") {
        @Override
        boolean isThere() {
            return true;
        }

        @Override
        Sandboxer sandboxer(Node node) {
            return node.sandboxer();
        }

        // It was started with the node.
        @Override
        void begin(Node node) {}

        @Override
        Pod run(Node node, Victim victim, SplittableRandom random, String owner) {
            return Pod.run(node, config -> Pod.of(owner, Pod.onHostNetwork(config)));
        }

        @Override
        PodContainer create(Pod pod, int lines, int millis, int code) {
            var args = List.of(text(lines), text(millis), text(code));
            return pod.create("tick", config -> config.addAllArgs(args));
        }
    },

    APPKERNEL(AppKernelPods.KIND) {
        @Override
        boolean isThere() {
            return AppKernelPods.canRun();
        }

        @Override
        Sandboxer sandboxer(Node node) {
            return node.appkernel();
        }

        @Override
        void begin(Node node) {
            AppKernelPods.begin(node);
        }

        // A containerd that is killed while it makes a network leaves that behind.
        @Override
        Pod run(Node node, Victim victim, SplittableRandom random, String owner) {
            UnaryOperator<PodSandboxConfig.Builder> network =
                    random.nextBoolean() && !victim.isContainerd()
                            ? Pod::withAddress
                            : Pod::onHostNetwork;
            return AppKernelPods.run(node, config -> Pod.of(owner, network.apply(config)));
        }

        @Override
        PodContainer create(Pod pod, int lines, int millis, int code) {
            return Busybox.create(
                    pod,
                    """
                    trap 'exit 143' TERM
                    i=0
                    while [ $i -lt %d ]; do i=$((i + 1)); echo $i; sleep 0.%03d; done
                    exit %d
                    """
                            .formatted(lines, millis, code));
        }

        @Override
        boolean runsCommands() {
            return true;
        }

        @Override
        boolean losesItsEnd(Victim victim) {
            return victim.isContainerd();
        }

        @Override
        List<String> ownFailpoints() {
            return List.of(
                    "task.exec.before",
                    "task.exec.done",
                    "task.exec.noted",
                    "gvisor.pod.created",
                    "gvisor.pod.started",
                    "gvisor.pod.killed",
                    "gvisor.process.streams",
                    "gvisor.container.run",
                    "gvisor.container.destroyed");
        }
    };

    private static final List<String> FAILPOINTS =
            List.of(
                    "adoption.before",
                    "adoption.done",
                    "sandbox.create.before",
                    "sandbox.create.reserved",
                    "sandbox.create.prepared",
                    "sandbox.create.done",
                    "sandbox.create.noted",
                    "sandbox.start.before",
                    "sandbox.start.done",
                    "sandbox.start.noted",
                    "sandbox.update.before",
                    "sandbox.update.done",
                    "sandbox.update.noted",
                    "sandbox.stop.before",
                    "sandbox.stop.done",
                    "sandbox.shutdown.before",
                    "sandbox.shutdown.closed",
                    "sandbox.shutdown.noted",
                    "sandbox.shutdown.released",
                    "task.create.before",
                    "task.create.reserved",
                    "task.create.mounted",
                    "task.create.done",
                    "task.create.noted",
                    "task.start.before",
                    "task.start.done",
                    "task.start.noted",
                    "task.update.before",
                    "task.update.done",
                    "task.kill.before",
                    "task.kill.done",
                    "task.delete.before",
                    "task.delete.ended",
                    "task.delete.done",
                    "task.delete.noted",
                    "task.delete.released");

    private final String handler;

    ChaosKind(String handler) {
        this.handler = handler;
    }

    /**
     * Those of {@code -Dsilica.chaos.kinds}, or all, for which there is what they need on this
     * machine.
     */
    static List<ChaosKind> present() {
        var wanted = System.getProperty("silica.chaos.kinds", "");
        return Arrays.stream(values())
                .filter(it -> wanted.isEmpty() || List.of(wanted.split(",")).contains(it.handler))
                .filter(ChaosKind::isThere)
                .toList();
    }

    /** Whether there is what its pods need. */
    abstract boolean isThere();

    abstract Sandboxer sandboxer(Node node);

    /** Starts its sandboxer, if it does not run. */
    abstract void begin(Node node);

    /** Runs a pod that says whose it is. */
    abstract Pod run(Node node, Victim victim, SplittableRandom random, String owner);

    /** A container that prints so many lines with so many milliseconds between them. */
    abstract PodContainer create(Pod pod, int lines, int millis, int code);

    /** Those that no other kind has. */
    List<String> ownFailpoints() {
        return List.of();
    }

    /** All places at which its daemon can be made to die, those of every kind first. */
    List<String> failpoints() {
        return Stream.concat(FAILPOINTS.stream(), ownFailpoints().stream()).toList();
    }

    /** Whether a process can be added to a container. */
    boolean runsCommands() {
        return false;
    }

    /** Whether a container that ends while there is no containerd takes its last lines with it. */
    boolean losesItsEnd(Victim victim) {
        return false;
    }

    private static String text(int number) {
        return Integer.toString(number);
    }

    @Override
    public String toString() {
        return handler;
    }
}
