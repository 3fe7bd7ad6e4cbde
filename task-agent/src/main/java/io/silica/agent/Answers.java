// SPDX-License-Identifier: Apache-2.0
package io.silica.agent;

import com.google.protobuf.Any;
import com.google.protobuf.Timestamp;
import io.silica.agent.container.ContainerCgroup;
import io.silica.agent.container.GuestContainer;
import io.silica.agent.container.GuestProcess;
import io.silica.proto.containerd.cgroups.v2.CPUStat;
import io.silica.proto.containerd.cgroups.v2.MemoryEvents;
import io.silica.proto.containerd.cgroups.v2.MemoryStat;
import io.silica.proto.containerd.cgroups.v2.Metrics;
import io.silica.proto.containerd.cgroups.v2.PidsStat;
import io.silica.proto.containerd.task.StateResponse;
import io.silica.proto.containerd.task.StatsResponse;
import io.silica.proto.containerd.task.Status;
import io.silica.proto.containerd.task.WaitResponse;
import io.silica.proto.guest.GuestContainerState;
import io.silica.proto.guest.GuestProcessState;
import io.silica.proto.guest.ProcessPhase;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.ProcessState;
import java.time.Instant;
import java.util.Map;

/** Says on the wire what is so with a container. */
final class Answers {
    /** The name by which containerd knows the figures. */
    private static final String METRICS = "io.containerd.cgroups.v2.Metrics";

    /** The code of a process that a lack of memory ended: killed. */
    private static final int KILLED = 137;

    private Answers() {}

    static Timestamp timestamp(Instant at) {
        return Timestamp.newBuilder()
                .setSeconds(at.getEpochSecond())
                .setNanos(at.getNano())
                .build();
    }

    static WaitResponse waited(ExitStatus status) {
        return WaitResponse.newBuilder()
                .setExitStatus(status.code())
                .setExitedAt(timestamp(status.at()))
                .build();
    }

    static StateResponse state(GuestContainer container, GuestProcess process) {
        var answer =
                StateResponse.newBuilder()
                        .setId(container.id())
                        .setExecId(process.execId())
                        .setPid(process.pid());
        return switch (container.state(process)) {
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

    static GuestContainerState container(GuestContainer container) {
        var answer = GuestContainerState.newBuilder().setId(container.id());
        for (var process : container.processes()) {
            answer.addProcesses(process(container, process));
        }
        return answer.build();
    }

    private static GuestProcessState process(GuestContainer container, GuestProcess process) {
        var answer =
                GuestProcessState.newBuilder().setExecId(process.execId()).setPid(process.pid());
        return switch (process.state()) {
            case ProcessState.Created _ ->
                    answer.setPhase(ProcessPhase.PROCESS_PHASE_CREATED).build();
            case ProcessState.Running _, ProcessState.Paused _ ->
                    answer.setPhase(ProcessPhase.PROCESS_PHASE_RUNNING).build();
            case ProcessState.Stopped(ExitStatus exit) ->
                    answer.setPhase(ProcessPhase.PROCESS_PHASE_STOPPED)
                            .setExitStatus(exit.code())
                            .setExitedAt(timestamp(exit.at()))
                            .setOomKilled(exit.code() == KILLED && container.ranOutOfMemory())
                            .build();
        };
    }

    static StatsResponse stats(ContainerCgroup cgroup) {
        var metrics =
                Metrics.newBuilder()
                        .setCpu(cpu(cgroup.entries("cpu.stat")))
                        .setMemory(memory(cgroup))
                        .setMemoryEvents(events(cgroup.entries("memory.events")))
                        .setPids(
                                PidsStat.newBuilder()
                                        .setCurrent(cgroup.number("pids.current").orElse(0))
                                        .setLimit(cgroup.number("pids.max").orElse(0)))
                        .build();
        return StatsResponse.newBuilder()
                .setStats(Any.newBuilder().setTypeUrl(METRICS).setValue(metrics.toByteString()))
                .build();
    }

    private static CPUStat cpu(Map<String, Long> stat) {
        return CPUStat.newBuilder()
                .setUsageUsec(value(stat, "usage_usec"))
                .setUserUsec(value(stat, "user_usec"))
                .setSystemUsec(value(stat, "system_usec"))
                .setNrPeriods(value(stat, "nr_periods"))
                .setNrThrottled(value(stat, "nr_throttled"))
                .setThrottledUsec(value(stat, "throttled_usec"))
                .build();
    }

    private static MemoryStat memory(ContainerCgroup cgroup) {
        var stat = cgroup.entries("memory.stat");
        return MemoryStat.newBuilder()
                .setUsage(cgroup.number("memory.current").orElse(0))
                .setUsageLimit(cgroup.number("memory.max").orElse(-1))
                .setAnon(value(stat, "anon"))
                .setFile(value(stat, "file"))
                .setShmem(value(stat, "shmem"))
                .setSlab(value(stat, "slab"))
                .setKernelStack(value(stat, "kernel_stack"))
                .setInactiveAnon(value(stat, "inactive_anon"))
                .setActiveAnon(value(stat, "active_anon"))
                .setInactiveFile(value(stat, "inactive_file"))
                .setActiveFile(value(stat, "active_file"))
                .setPgfault(value(stat, "pgfault"))
                .setPgmajfault(value(stat, "pgmajfault"))
                .build();
    }

    private static MemoryEvents events(Map<String, Long> events) {
        return MemoryEvents.newBuilder()
                .setLow(value(events, "low"))
                .setHigh(value(events, "high"))
                .setMax(value(events, "max"))
                .setOom(value(events, "oom"))
                .setOomKill(value(events, "oom_kill"))
                .build();
    }

    private static long value(Map<String, Long> entries, String name) {
        return entries.getOrDefault(name, 0L);
    }
}
