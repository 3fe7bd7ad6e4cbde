// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.worker;

import com.google.protobuf.Any;
import com.google.protobuf.Timestamp;
import io.silica.proto.containerd.cgroups.v2.CPUStat;
import io.silica.proto.containerd.cgroups.v2.MemoryEvents;
import io.silica.proto.containerd.cgroups.v2.MemoryStat;
import io.silica.proto.containerd.cgroups.v2.Metrics;
import io.silica.proto.containerd.cgroups.v2.PidsStat;
import io.silica.proto.containerd.task.StateResponse;
import io.silica.proto.containerd.task.StatsResponse;
import io.silica.proto.containerd.task.Status;
import io.silica.proto.containerd.task.WaitResponse;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.ProcessState;
import io.silica.sandbox.Statistics;
import java.time.Instant;

/** Says in containerd's words what is so with a guest. */
final class TaskAnswers {
    /** The name by which containerd knows the figures; without a prefix, as it has no registry. */
    private static final String METRICS = "io.containerd.cgroups.v2.Metrics";

    private static final long NANOS_PER_MICRO = 1000;

    private TaskAnswers() {}

    static StateResponse state(Guest guest, int pid) {
        var answer = StateResponse.newBuilder().setId(guest.id().value()).setPid(pid);
        return switch (guest.state()) {
            case ProcessState.Created _ -> answer.setStatus(Status.CREATED).build();
            case ProcessState.Running _ -> answer.setStatus(Status.RUNNING).build();
            case ProcessState.Paused _ -> answer.setStatus(Status.PAUSED).build();
            case ProcessState.Stopped(ExitStatus exit) ->
                    answer.setStatus(Status.STOPPED)
                            .setExitStatus(exit.code())
                            .setExitedAt(timestamp(exit.at()))
                            .build();
        };
    }

    static WaitResponse waited(ExitStatus status) {
        return WaitResponse.newBuilder()
                .setExitStatus(status.code())
                .setExitedAt(timestamp(status.at()))
                .build();
    }

    static Timestamp timestamp(Instant at) {
        return Timestamp.newBuilder()
                .setSeconds(at.getEpochSecond())
                .setNanos(at.getNano())
                .build();
    }

    static StatsResponse stats(Statistics statistics) {
        var metrics =
                Metrics.newBuilder()
                        .setCpu(cpu(statistics))
                        .setMemory(
                                MemoryStat.newBuilder()
                                        .setUsage(statistics.memoryBytes())
                                        .setUsageLimit(statistics.memoryLimitBytes())
                                        .setAnon(statistics.memoryBytes()))
                        .setMemoryEvents(
                                MemoryEvents.newBuilder().setOomKill(statistics.oomKills()))
                        .setPids(PidsStat.newBuilder().setCurrent(statistics.processes()))
                        .build();
        return StatsResponse.newBuilder()
                .setStats(Any.newBuilder().setTypeUrl(METRICS).setValue(metrics.toByteString()))
                .build();
    }

    private static CPUStat cpu(Statistics statistics) {
        long micros = statistics.cpuNanos() / NANOS_PER_MICRO;
        return CPUStat.newBuilder().setUsageUsec(micros).setUserUsec(micros).build();
    }
}
