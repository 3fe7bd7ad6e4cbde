// SPDX-License-Identifier: Apache-2.0
package io.silica.server.cgroupform;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.silica.proto.containerd.cgroups.v2.Metrics;
import io.silica.proto.containerd.types.Metric;
import io.silica.sandbox.Statistics;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class CgroupMetricsTest {
    private static final Instant AT = Instant.ofEpochSecond(1_700_000_000, 123_456_789);
    private static final Statistics SAMPLE =
            new Statistics(AT, 1_234_567_890, 4096, 1024, 1 << 20, 7, 2);

    @Test
    void everyFigureStandsWhereContainerdReadsIt() throws InvalidProtocolBufferException {
        Metrics metrics = Metrics.parseFrom(CgroupMetrics.data(SAMPLE).getValue());

        assertThat(metrics.getCpu().getUsageUsec()).isEqualTo(1_234_567);
        assertThat(metrics.getMemory().getUsage()).isEqualTo(4096);
        assertThat(metrics.getMemory().getInactiveFile()).isEqualTo(1024);
        assertThat(metrics.getMemory().getUsageLimit()).isEqualTo(1 << 20);
        assertThat(metrics.getPids().getCurrent()).isEqualTo(7);
        assertThat(metrics.getPids().getLimit()).isEqualTo(-1);
        assertThat(metrics.getMemoryEvents().getOomKill()).isEqualTo(2);
    }

    @Test
    void theTypeIsTheBareNameThatContainerdResolves() {
        assertThat(CgroupMetrics.data(SAMPLE).getTypeUrl())
                .isEqualTo("io.containerd.cgroups.v2.Metrics");
    }

    @Test
    void noLimitIsTheGreatestUnsignedNumberAsTheKernelsMaxIs()
            throws InvalidProtocolBufferException {
        var data = CgroupMetrics.data(Statistics.none(AT));

        long limit = Metrics.parseFrom(data.getValue()).getMemory().getUsageLimit();

        assertThat(Long.toUnsignedString(limit)).isEqualTo("18446744073709551615");
    }

    @Test
    void aSandboxesMetricSaysWhenItWasTakenSoThatRatesCanBeTold() {
        Metric metric = CgroupMetrics.metric("pod-1", SAMPLE);

        assertThat(metric.getId()).isEqualTo("pod-1");
        assertThat(metric.getTimestamp().getSeconds()).isEqualTo(1_700_000_000);
        assertThat(metric.getTimestamp().getNanos()).isEqualTo(123_456_789);
        assertThat(metric.getData()).isEqualTo(CgroupMetrics.data(SAMPLE));
    }
}
