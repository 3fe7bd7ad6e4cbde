// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import io.silica.linux.Descriptor;
import io.silica.linux.OwnFiles;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.Resources;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Stdio;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What is written down about one container, so that the next daemon can start it.
 *
 * <pre>
 *   config.json   as runsc is given it
 *   limits        what it may use
 *   stdio         its streams
 *   execs/ID/     the processes that were added
 * </pre>
 */
final class ContainerPlace {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Path directory;
    private final PodTools tools;

    ContainerPlace(Path directory, PodTools tools) {
        this.directory = directory;
        this.tools = tools;
    }

    /** Writes it. The streams come last: without them it is not complete. */
    void create(byte[] config, Resources limits, Stdio stdio) {
        OwnFiles.directory(directory);
        OwnFiles.directory(directory.resolve("execs"));
        OwnFiles.write(directory.resolve("config.json"), config);
        limits(limits);
        OwnFiles.write(directory.resolve("stdio"), streams(stdio));
    }

    /** Notes what it may use. */
    void limits(Resources limits) {
        var node = JSON.createObjectNode().put("memory", limits.memoryLimitBytes());
        node.put("cpu-shares", limits.cpuShares());
        node.put("cpu-quota", limits.cpuQuotaMicros());
        node.put("cpu-period", limits.cpuPeriodMicros());
        OwnFiles.write(directory.resolve("limits"), JSON.writeValueAsBytes(node));
    }

    /**
     * What it may use; nothing is limited for one that an earlier version made.
     *
     * @throws SandboxException.Failed if what is written down makes no sense
     */
    Resources limits() {
        var file = directory.resolve("limits");
        return KeptFile.object(file).map(it -> limits(file, it)).orElse(Resources.UNLIMITED);
    }

    private static Resources limits(Path file, JsonNode limits) {
        try {
            return new Resources(
                    limits.path("memory").asLong(0),
                    limits.path("cpu-shares").asLong(0),
                    limits.path("cpu-quota").asLong(0),
                    limits.path("cpu-period").asLong(0));
        } catch (IllegalArgumentException e) {
            throw new SandboxException.Failed(file + " makes no sense: " + e.getMessage(), e);
        }
    }

    boolean isComplete() {
        return directory.resolve("stdio").toFile().exists();
    }

    /**
     * Its streams.
     *
     * @throws SandboxException.Failed if what is written down makes no sense
     */
    Stdio stdio() {
        return stdio(KeptFile.required(directory.resolve("stdio")));
    }

    /** Its specification. */
    JsonNode config() {
        return KeptFile.required(directory.resolve("config.json"));
    }

    GuestStreams streams(String who, Stdio stdio) {
        return tools.streams(who, stdio);
    }

    List<Descriptor> open(String who, GuestStreams streams) {
        return tools.open(who, streams);
    }

    void run(ContainerId id, GuestStreams streams) {
        tools.run(id, directory, streams);
    }

    void run(ContainerId id, Terminal terminal) {
        tools.run(id, directory, terminal);
    }

    void joinCgroup(int pid) {
        tools.joinCgroup(pid);
    }

    ExecPlace exec(ExecId id) {
        return new ExecPlace(directory.resolve("execs").resolve(id.value()), this);
    }

    List<ExecId> execs() {
        return PodPlaces.ids(directory.resolve("execs"), ExecId::new);
    }

    void remove() {
        tools.places().remove(directory);
    }

    void removeExec(Path exec) {
        tools.places().remove(exec);
    }

    static byte[] streams(Stdio stdio) {
        var node = JSON.createObjectNode().put("stdin", stdio.stdin());
        node.put("stdout", stdio.stdout()).put("stderr", stdio.stderr());
        node.put("terminal", stdio.terminal());
        return JSON.writeValueAsBytes(node);
    }

    static Stdio stdio(JsonNode node) {
        return new Stdio(
                node.path("stdin").asString(""),
                node.path("stdout").asString(""),
                node.path("stderr").asString(""),
                node.path("terminal").asBoolean(false));
    }
}
