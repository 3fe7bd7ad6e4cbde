// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class CachingEngineTest {
    private final AtomicInteger compilations = new AtomicInteger();

    @Test
    void equalBytesAreCompiledOnce() {
        var engine = new CachingEngine(new CountingEngine(), 100);
        var first = engine.compile(new byte[] {1, 2});
        assertThat(engine.compile(new byte[] {1, 2})).isSameAs(first);
        assertThat(compilations).hasValue(1);
    }

    @Test
    void whatWasUsedLastStaysWithinTheCapacity() {
        var engine = new CachingEngine(new CountingEngine(), 10);
        var kept = engine.compile(new byte[4]);
        engine.compile(new byte[5]);
        engine.compile(new byte[4]);
        engine.compile(new byte[6]);
        assertThat(engine.compile(new byte[4])).isSameAs(kept);
        assertThat(compilations).hasValue(3);
        engine.compile(new byte[5]);
        assertThat(compilations).hasValue(4);
    }

    @Test
    void aModuleLargerThanTheCapacityIsCompiledAllTheSame() {
        var engine = new CachingEngine(new CountingEngine(), 1);
        assertThat(engine.compile(new byte[5]).digest()).isEqualTo(ModuleDigest.of(new byte[5]));
    }

    @Test
    void whatWasCompiledCountsWhereItIsMore() {
        var engine = new CachingEngine(new CountingEngine(), 10);
        engine.load(new byte[1], MemorySegment.ofArray(new byte[4]));
        engine.load(new byte[2], MemorySegment.ofArray(new byte[5]));
        assertThat(engine.kept(ModuleDigest.of(new byte[1]))).isPresent();
        engine.load(new byte[3], MemorySegment.ofArray(new byte[6]));
        assertThat(engine.kept(ModuleDigest.of(new byte[2]))).isEmpty();
        assertThat(engine.kept(ModuleDigest.of(new byte[1]))).isPresent();
        assertThat(engine.kept(ModuleDigest.of(new byte[3]))).isPresent();
    }

    @Test
    void aFailureIsTriedAgain() {
        var engine = new CachingEngine(new CountingEngine(), 100);
        for (int i = 0; i < 2; i++) {
            assertThatExceptionOfType(ModuleException.NotWasm.class)
                    .isThrownBy(() -> engine.compile(new byte[0]));
        }
        assertThat(compilations).hasValue(2);
    }

    @Test
    void threadsThatWantTheSameModuleShareOneCompilation() throws Exception {
        var all = new CountDownLatch(8);
        var engine = new CachingEngine(new CountingEngine(), 100);
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var results = new java.util.ArrayList<java.util.concurrent.Future<WasmModule>>();
            for (int i = 0; i < 8; i++) {
                results.add(
                        executor.submit(() -> {
                            all.countDown();
                            all.await();
                            return engine.compile(new byte[3]);
                        }));
            }
            for (var result : results) {
                assertThat(result.get()).isSameAs(results.getFirst().get());
            }
        }
        assertThat(compilations).hasValue(1);
    }

    private final class CountingEngine implements WasmEngine {
        @Override
        public String name() {
            return "counting";
        }

        @Override
        public WasmModule compile(byte[] binary) {
            compilations.incrementAndGet();
            if (binary.length == 0) {
                throw new ModuleException.NotWasm("it is empty");
            }
            return new EmptyModule(ModuleDigest.of(binary), 0, List.of());
        }

        @Override
        public WasmModule load(byte[] binary, MemorySegment compiled) {
            return new EmptyModule(ModuleDigest.of(binary), compiled.byteSize(), List.of());
        }

        @Override
        public WasmInstance instantiate(WasmModule module, WasiConfig config) {
            throw new UnsupportedOperationException();
        }
    }

    private record EmptyModule(ModuleDigest digest, long compiledSize, List<String> content)
            implements WasmModule {
        @Override
        public long minimumMemory() {
            return 0;
        }
    }
}
