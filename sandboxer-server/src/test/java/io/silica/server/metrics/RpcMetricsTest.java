// SPDX-License-Identifier: Apache-2.0
package io.silica.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RpcMetricsTest {
    private final Metrics metrics = new Metrics("wasm", "1.2.3", "abc");
    private final RpcMetrics rpc = metrics.rpc(Map.of("task", List.of("State", "Wait")));

    @Test
    void callsAreCountedByMethodAndCode() {
        rpc.observe("task", "State", "OK", 1);
        rpc.observe("task", "State", "OK", 1);
        rpc.observe("task", "State", "NOT_FOUND", 1);

        assertThat(exposed())
                .contains("silica_rpc_total{code=\"OK\",method=\"State\",service=\"task\"} 2.0")
                .contains(
                        "silica_rpc_total{code=\"NOT_FOUND\",method=\"State\",service=\"task\"} 1.0");
    }

    @Test
    void latenciesFallIntoBuckets() {
        rpc.observe("task", "State", "OK", 400_000);
        rpc.observe("task", "State", "OK", 20_000_000_000L);

        assertThat(exposed())
                .contains(
                        "silica_rpc_seconds_bucket{method=\"State\",service=\"task\",le=\"2.5E-4\"} 0")
                .contains(
                        "silica_rpc_seconds_bucket{method=\"State\",service=\"task\",le=\"5.0E-4\"} 1")
                .contains(
                        "silica_rpc_seconds_bucket{method=\"State\",service=\"task\",le=\"+Inf\"} 2")
                .contains("silica_rpc_seconds_sum{method=\"State\",service=\"task\"} 20.0004");
    }

    @Test
    void namesThatACallerMadeUpBecomeNoLabels() {
        rpc.observe("task", "x\"} 1\nfake 2", "OK", 1);
        rpc.observe("made-up", "State", "made-up", 1);

        assertThat(exposed())
                .doesNotContain("fake", "made-up")
                .contains("silica_rpc_total{code=\"OK\",method=\"other\",service=\"other\"} 1.0")
                .contains(
                        "silica_rpc_total{code=\"UNKNOWN\",method=\"other\",service=\"other\"} 1.0");
    }

    @Test
    void everyDaemonTellsWhatItIsAndHowItsProcessIs() {
        assertThat(exposed())
                .contains("silica_build_info{commit=\"abc\",kind=\"wasm\",version=\"1.2.3\"} 1")
                .containsPattern("silica_uptime_seconds \\d")
                .containsPattern("process_cpu_seconds_total \\d")
                .containsPattern("process_resident_memory_bytes \\d")
                .containsPattern("process_threads \\d")
                .containsPattern("process_open_fds \\d")
                .containsPattern("jvm_heap_used_bytes \\d")
                .containsPattern("jvm_heap_max_bytes \\d")
                .containsPattern("jvm_gc_collections_total \\d")
                .containsPattern("jvm_gc_seconds_total \\d");
    }

    @Test
    void gaugesAndCountersAreReadWhenAskedFor() {
        var values = new double[] {1};
        metrics.gauge("sandboxes", "Sandboxes.", () -> values[0]);
        metrics.counter("outbox_dropped", "Events dropped.", () -> 2 * values[0]);
        values[0] = 7;

        assertThat(exposed())
                .contains("silica_sandboxes 7.0")
                .contains("silica_outbox_dropped_total 14.0");
    }

    private String exposed() {
        return metrics.expose("").text();
    }
}
