// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.silica.linux.Descriptor;
import io.silica.linux.OpenFlag;
import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.SandboxException;
import io.silica.wasm.engine.CachingEngine;
import io.silica.wasm.engine.ModuleDigest;
import io.silica.wasm.engine.WasiConfig;
import io.silica.wasm.engine.WasmEngine;
import io.silica.wasm.engine.WasmInstance;
import io.silica.wasm.engine.WasmModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Modules that take long, and who waits for them. */
@LeakCheck
final class ModuleCompilerTest {
    private static final byte LONG = 1;

    @TempDir Path directory;
    private final Semaphore begun = new Semaphore(0);
    private final CountDownLatch released = new CountDownLatch(1);
    private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
    private ModuleCompiler compiler = compiler(Duration.ofMinutes(1));

    /** A module whose first byte says so is not compiled before it is released. */
    private final class Slow implements WasmEngine {
        @Override
        public String name() {
            return "slow";
        }

        @Override
        public WasmModule compile(byte[] binary) {
            if (binary[0] == LONG) {
                begun.release();
                await();
            }
            return new Module(ModuleDigest.of(binary), 0);
        }

        private void await() {
            try {
                released.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public WasmInstance instantiate(WasmModule module, WasiConfig config) {
            throw new UnsupportedOperationException();
        }
    }

    private record Module(ModuleDigest digest, long minimumMemory) implements WasmModule {}

    private ModuleCompiler compiler(Duration patience) {
        return new ModuleCompiler(new CachingEngine(new Slow(), 1 << 20), 1 << 20, patience);
    }

    @AfterEach
    void end() {
        released.countDown();
        callers.close();
        compiler.close();
    }

    @Test
    void aPodThatCompilesManyLeavesRoomForTheOthers() throws Exception {
        var first = compiled("busy", LONG, 1);
        var second = compiled("busy", LONG, 2);
        begun.acquire();
        awaitWaiting("busy");

        assertThat(compiled("other", 0, 3).get(1, TimeUnit.MINUTES)).isNotNull();
        assertThat(begun.tryAcquire()).as("the second one of the pod").isFalse();
        released.countDown();
        assertThat(first.get(1, TimeUnit.MINUTES)).isNotNull();
        assertThat(second.get(1, TimeUnit.MINUTES)).isNotNull();
    }

    @Test
    void aModuleThatIsInMemoryWaitsForNoOtherPod() throws Exception {
        var known = compiled("known", 0, 0).get(1, TimeUnit.MINUTES);
        var _ = compiled("busy", LONG, 1);
        var _ = compiled("busier", LONG, 2);
        begun.acquire(2);

        assertThat(compiled("known", 0, 0).get(1, TimeUnit.MINUTES)).isSameAs(known);
    }

    @Test
    void whatGoesOnForACallerWhoGaveUpHasTheTurnOfItsPodUntilItEnds() throws Exception {
        var module = module(LONG, 1);
        var gaveUp = new CompletableFuture<Exception>();
        var caller =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                compile("busy", module);
                            } catch (SandboxException e) {
                                gaveUp.complete(e);
                            }
                        });
        begun.acquire();
        caller.interrupt();
        assertThat(gaveUp.get(1, TimeUnit.MINUTES)).isInstanceOf(SandboxException.Cancelled.class);

        var next = compiled("busy", 0, 2);
        awaitWaiting("busy");
        assertThat(compiled("other", 0, 3).get(1, TimeUnit.MINUTES)).isNotNull();
        released.countDown();
        assertThat(next.get(1, TimeUnit.MINUTES)).isNotNull();
    }

    @Test
    void whatHasNotBegunForACallerWhoGaveUpNeverBeginsAndLeavesTheTurn() throws Exception {
        var _ = compiled("busy", LONG, 1);
        var _ = compiled("busier", LONG, 2);
        begun.acquire(2);
        var late = compiled("late", LONG, 3);
        await(() -> compiler.queued() == 1);
        late.cancel(true);
        await(() -> compiler.queued() == 0);

        released.countDown();
        assertThat(compiled("late", 0, 4).get(1, TimeUnit.MINUTES)).isNotNull();
        assertThat(begun.tryAcquire()).as("what nobody waits for").isFalse();
    }

    @Test
    void whoeverWaitsTooLongIsToldSo() throws Exception {
        compiler.close();
        compiler = compiler(Duration.ofMillis(1));
        var module = module(LONG, 1);
        assertThatExceptionOfType(SandboxException.TimedOut.class)
                .isThrownBy(() -> compile("busy", module))
                .withMessageContaining("takes longer than");
    }

    private void awaitWaiting(String pod) {
        await(() -> compiler.waiting(pod) == 1);
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("the condition does not come true");
            }
            Thread.onSpinWait();
        }
    }

    private Future<WasmModule> compiled(String pod, int first, int second) throws IOException {
        var module = module(first, second);
        return callers.submit(() -> compile(pod, module));
    }

    private Path module(int first, int second) throws IOException {
        var file = directory.resolve(first + "-" + second);
        return Files.write(file, new byte[] {(byte) first, (byte) second});
    }

    private WasmModule compile(String pod, Path module) {
        try (var file = Descriptor.open(module, OpenFlag.READ)) {
            return compiler.compile(pod, file);
        }
    }
}
