// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * Writes down how each test ended on which containerd, a line each: the version, the kind of its
 * pods, the outcome and its name, between tabulators. {@code scripts/version-table} counts them.
 *
 * @param build that the test ran on
 * @param kind of the pods
 */
record Outcomes(ContainerdBuild build, String kind) implements TestWatcher {
    private static final Path FILE = Path.of("target", "outcomes.tsv");

    @Override
    public void testSuccessful(ExtensionContext test) {
        note("passed", test);
    }

    @Override
    public void testFailed(ExtensionContext test, @Nullable Throwable cause) {
        note("failed", test);
    }

    /** What it needs is not there, or it does not apply. */
    @Override
    public void testAborted(ExtensionContext test, @Nullable Throwable cause) {
        note("passed over", test);
    }

    private void note(String outcome, ExtensionContext test) {
        String name =
                test.getRequiredTestClass().getSimpleName()
                        + "."
                        + test.getRequiredTestMethod().getName();
        try {
            Files.writeString(
                    FILE,
                    String.join("\t", build.version(), kind, outcome, name) + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A class that is named after a kind is about that one; the others drive Wasm pods. */
    static String kindOf(Class<?> tests) {
        var name = tests.getSimpleName();
        if (name.startsWith("AppKernel") || name.startsWith("Quark")) {
            return AppKernelPods.KIND;
        }
        if (name.startsWith("Wasmtime")) {
            return WasmtimePods.HANDLER;
        }
        return name.startsWith("Vmm") ? VmmPods.KIND : "wasm";
    }
}
