// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import io.silica.server.config.ByteSize;
import io.silica.server.record.RecordFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One sandbox as its file has it: plain values, so that a change of the model is not a change of
 * the format.
 *
 * @param id the sandbox's id
 * @param pod who it is for
 * @param hostname the pod's host name
 * @param netns path of the network namespace; null for the host's
 * @param dns the pod's resolver
 * @param cgroupParent the pod's cgroup; null for none
 * @param containers limits of the pod's containers together
 * @param overhead limits of the sandbox itself
 * @param annotations the pod's annotations
 * @param labels containerd's labels
 * @param handler the runtime handler
 * @param identity what the kind needs to find it again
 * @param createdAt when it was created, ISO 8601
 * @param state {@code creating}, {@code created}, {@code running} or {@code stopped}
 * @param unclaimed whether it was started and nobody has spoken of it since; null for no
 * @param pid the process whose namespaces are the pod's, or 0
 * @param startedAt when it was started, ISO 8601; null while it was not
 * @param exitCode how it ended; null while it has not
 * @param exitedAt when it ended, ISO 8601; null while it has not
 * @param tasks its containers
 * @param deleted what was deleted lately; null for nothing
 * @param sysctls settings of the kernel that the pod asks for; null for none
 */
public record SandboxRecord(
        String id,
        PodRecord pod,
        String hostname,
        @Nullable String netns,
        DnsRecord dns,
        @Nullable String cgroupParent,
        ResourcesRecord containers,
        ResourcesRecord overhead,
        Map<String, String> annotations,
        Map<String, String> labels,
        String handler,
        Map<String, String> identity,
        String createdAt,
        String state,
        @Nullable Boolean unclaimed,
        int pid,
        @Nullable String startedAt,
        @Nullable Integer exitCode,
        @Nullable String exitedAt,
        List<TaskRecord> tasks,
        @Nullable List<DeletedRecord> deleted,
        @Nullable Map<String, String> sysctls) {
    /** How records are written: a sandbox with as many containers as one may have fits. */
    public static final RecordFormat<SandboxRecord> FORMAT =
            new RecordFormat<>("sandbox", 1, new SandboxRecordMembers(), ByteSize.mebibytes(4));

    public SandboxRecord {
        annotations = Map.copyOf(annotations);
        labels = Map.copyOf(labels);
        identity = Map.copyOf(identity);
        tasks = List.copyOf(tasks);
    }

    /** See {@link io.silica.sandbox.PodIdentity}. */
    public record PodRecord(String name, String namespace, String uid, int attempt) {}

    /** See {@link io.silica.sandbox.DnsConfig}. */
    public record DnsRecord(List<String> servers, List<String> searches, List<String> options) {
        public DnsRecord {
            servers = List.copyOf(servers);
            searches = List.copyOf(searches);
            options = List.copyOf(options);
        }
    }

    /** See {@link io.silica.sandbox.Resources}. */
    public record ResourcesRecord(
            long memoryLimitBytes, long cpuShares, long cpuQuotaMicros, long cpuPeriodMicros) {}

    /**
     * A container of the sandbox.
     *
     * @param id its id
     * @param bundle containerd's directory for it, where its root file system is mounted
     * @param init its first process; null while the container is being created
     * @param execs the processes that were added; null for none
     */
    public record TaskRecord(
            String id,
            String bundle,
            @Nullable ProcessRecord init,
            @Nullable List<ExecRecord> execs) {}

    /**
     * A process.
     *
     * @param phase {@code created}, {@code running}, {@code paused} or {@code stopped}
     * @param pid the pid by which containerd knows it
     * @param stdio its streams
     * @param exitCode how it ended; null while it has not
     * @param exitedAt when it ended, ISO 8601; null while it has not
     */
    public record ProcessRecord(
            String phase,
            int pid,
            StdioRecord stdio,
            @Nullable Integer exitCode,
            @Nullable String exitedAt) {}

    /** A process that was added to a container, by its id. */
    public record ExecRecord(String id, ProcessRecord process) {}

    /** See {@link io.silica.sandbox.Stdio}. */
    public record StdioRecord(String stdin, String stdout, String stderr, boolean terminal) {}

    /** See {@link Tombstone}; {@code exec} is null for a whole container. */
    public record DeletedRecord(
            String container, @Nullable String exec, int pid, int exitCode, String exitedAt) {}
}
