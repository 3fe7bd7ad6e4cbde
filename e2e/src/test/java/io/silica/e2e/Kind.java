// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import io.silica.proto.cri.PodSandboxConfig;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A kind of pods, as the tests drive it, and in what it differs from the others: {@link
 * EveryKindTest} holds each of them to the same sentences, but for those that are declared here to
 * be refused. {@code docs/feature-matrix.md} is made of both.
 *
 * @param handler what its runtime handler is called
 * @param title what it is called in tables
 * @param guests what its containers run
 * @param daemon that has its pods
 * @param begin starts what its pods need, or passes the test over where that is missing
 * @param refused sentences that it refuses, each with words of its refusal
 */
record Kind(
        String handler,
        String title,
        Guests guests,
        Function<Node, Sandboxer> daemon,
        Consumer<Node> begin,
        Map<String, String> refused) {
    private static final Map<String, String> REFUSED_BY_WASM =
            Map.of(
                    "aProcessIsAddedToAContainer", "a Wasm guest has one process only",
                    "aContainerCanHaveATerminal", "Wasm guests have none",
                    "aContainerIsPausedAndResumed", "a Wasm guest can't be frozen");

    /** Containers are modules, on the embedded engine. */
    static final Kind WASM =
            new Kind("wasm", "Wasm", new WasmGuests(), Node::sandboxer, _ -> {}, REFUSED_BY_WASM);

    /** The same, on a library that the user names. */
    static final Kind WASMTIME =
            new Kind(
                    WasmtimePods.HANDLER,
                    "Wasm, on Wasmtime",
                    new WasmGuests(),
                    Node::sandboxer,
                    _ -> WasmtimePods.assumeLibrary(),
                    REFUSED_BY_WASM);

    /** Ordinary images on gVisor. */
    static final Kind APPKERNEL =
            new Kind(
                    AppKernelPods.KIND,
                    "application kernel, gVisor",
                    new ShellGuests(),
                    Node::appkernel,
                    AppKernelPods::begin,
                    Map.of());

    /** Ordinary images in a machine of their own. */
    static final Kind VMM =
            new Kind(
                    VmmPods.KIND,
                    "virtual machine, QEMU",
                    new ShellGuests(),
                    Node::vmm,
                    VmmPods::begin,
                    Map.of("aPodCanBeOnTheNetworkOfItsHost", "asks for hostNetwork"));

    /** Those that are held to the sentences. */
    static final List<Kind> ALL = List.of(WASM, WASMTIME, APPKERNEL, VMM);

    /** On which containerd: a machine that is emulated takes its time, so it has one of them. */
    boolean runsOn(ContainerdBuild build) {
        return !equals(VMM) || build.equals(ContainerdBuild.newest());
    }

    /** The daemon that has its pods. */
    Sandboxer sandboxer(Node node) {
        return daemon.apply(node);
    }

    /** The words with which it refuses a sentence; empty if that holds for it. */
    Optional<String> refusal(String sentence) {
        return Optional.ofNullable(refused.get(sentence));
    }

    /**
     * Runs a pod that is changed as {@code change} does; where what the kind needs is missing, the
     * test is passed over, and says so.
     */
    Pod run(Node node, UnaryOperator<PodSandboxConfig.Builder> change) {
        begin.accept(node);
        return Pod.runAs(handler, node, change);
    }

    /** Runs a pod with an address of its own. */
    Pod run(Node node) {
        return run(node, Pod::withAddress);
    }
}
