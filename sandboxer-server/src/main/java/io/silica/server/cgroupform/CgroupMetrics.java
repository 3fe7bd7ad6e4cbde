// SPDX-License-Identifier: Apache-2.0
package io.silica.server.cgroupform;

import com.google.protobuf.Any;
import io.silica.proto.containerd.cgroups.v2.CPUStat;
import io.silica.proto.containerd.cgroups.v2.MemoryEvents;
import io.silica.proto.containerd.cgroups.v2.MemoryStat;
import io.silica.proto.containerd.cgroups.v2.Metrics;
import io.silica.proto.containerd.cgroups.v2.PidsStat;
import io.silica.proto.containerd.types.Metric;
import io.silica.sandbox.Statistics;
import io.silica.server.wire.BareAny;
import io.silica.server.wire.Timestamps;
import java.util.concurrent.TimeUnit;

/**
 * Writes {@link Statistics} as cgroup v2 would have them. CRI takes this form from every kind and
 * on every host, also where the host has cgroup v1 (containerd 2.0 to 2.4).
 */
public final class CgroupMetrics {
    /** How the kernel's "max" is written where there is no limit. */
    private static final long UNLIMITED = -1;

    private CgroupMetrics() {}

    /** For Task.Stats: {@code io.containerd.cgroups.v2.Metrics}, its type URL the bare name. */
    public static Any data(Statistics statistics) {
        return BareAny.pack(metrics(statistics));
    }

    /**
     * For Controller.Metrics.
     *
     * @param id the sandbox's
     */
    public static Metric metric(String id, Statistics statistics) {
        return Metric.newBuilder()
                .setTimestamp(Timestamps.of(statistics.at()))
                .setId(id)
                .setData(data(statistics))
                .build();
    }

    private static Metrics metrics(Statistics statistics) {
        return Metrics.newBuilder()
                .setPids(pids(statistics))
                .setCpu(cpu(statistics))
                .setMemory(memory(statistics))
                .setMemoryEvents(MemoryEvents.newBuilder().setOomKill(statistics.oomKills()))
                .build();
    }

    private static PidsStat.Builder pids(Statistics statistics) {
        return PidsStat.newBuilder().setCurrent(statistics.processes()).setLimit(UNLIMITED);
    }

    private static CPUStat.Builder cpu(Statistics statistics) {
        return CPUStat.newBuilder()
                .setUsageUsec(TimeUnit.NANOSECONDS.toMicros(statistics.cpuNanos()));
    }

    private static MemoryStat.Builder memory(Statistics statistics) {
        long limit = statistics.memoryLimitBytes();
        return MemoryStat.newBuilder()
                .setUsage(statistics.memoryBytes())
                .setInactiveFile(statistics.inactiveFileBytes())
                .setUsageLimit(limit == 0 ? UNLIMITED : limit);
    }
}
