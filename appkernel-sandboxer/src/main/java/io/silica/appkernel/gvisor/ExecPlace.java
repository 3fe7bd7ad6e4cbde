// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import io.silica.linux.Descriptor;
import io.silica.linux.OwnFiles;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ProcessSpec;
import io.silica.sandbox.Stdio;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is written down about a process that was added to a container.
 *
 * <pre>
 *   request    what the sentry is asked for
 *   stdio      its streams
 *   starting   the sentry is being asked, or was
 *   pid        its pid in the sandbox
 * </pre>
 *
 * <p>One that may have been asked for is not asked for again: a command is carried out once at
 * most.
 */
final class ExecPlace {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Path directory;
    private final ContainerPlace container;

    ExecPlace(Path directory, ContainerPlace container) {
        this.directory = directory;
        this.container = container;
    }

    void create(ProcessSpec process, Stdio stdio) {
        OwnFiles.directory(directory);
        OwnFiles.write(directory.resolve("request"), JSON.writeValueAsBytes(request(process)));
        OwnFiles.write(directory.resolve("stdio"), ContainerPlace.streams(stdio));
    }

    boolean isComplete() {
        return directory.resolve("stdio").toFile().exists();
    }

    /** CRI makes such a process of the container's own, whose rights it has. */
    private ObjectNode request(ProcessSpec process) {
        var user = process.user();
        var request = JSON.createObjectNode();
        add(request, "argv", process.args());
        add(request, "envv", process.env());
        request.put("wd", process.cwd()).put("KUID", user.uid()).put("KGID", user.gid());
        user.additionalGids().forEach(request.putArray("ExtraKGIDs")::add);
        request.set(
                "Capabilities",
                capabilities(container.config().path("process").path("capabilities")));
        var descriptors = request.putArray("GuestFDs");
        descriptors.add(0).add(1).add(2);
        return request.put("StdioIsPty", process.terminal());
    }

    private static void add(ObjectNode request, String name, List<String> values) {
        values.forEach(request.putArray(name)::add);
    }

    private static ObjectNode capabilities(JsonNode sets) {
        var capabilities = JSON.createObjectNode();
        for (var set : List.of("permitted", "inheritable", "effective", "bounding", "ambient")) {
            var names =
                    StreamSupport.stream(sets.path(set).spliterator(), false)
                            .map(it -> it.asString(""));
            capabilities.put(
                    Character.toUpperCase(set.charAt(0)) + set.substring(1) + "Caps",
                    Capabilities.bits(names.toList()));
        }
        return capabilities;
    }

    /** What the sentry is asked for. */
    JsonNode request(ContainerId id) {
        var request = KeptFile.required(directory.resolve("request"));
        return request.put("ContainerID", id.value());
    }

    Stdio stdio() {
        return ContainerPlace.stdio(KeptFile.required(directory.resolve("stdio")));
    }

    GuestStreams streams(String who) {
        return container.streams(who, stdio());
    }

    List<Descriptor> open(String who, GuestStreams streams) {
        return container.open(who, streams);
    }

    void joinCgroup(int pid) {
        container.joinCgroup(pid);
    }

    void noteStarting() {
        OwnFiles.write(directory.resolve("starting"), new byte[0]);
    }

    void noteNotStarting() {
        OwnFiles.removeFile(directory.resolve("starting"));
    }

    void noteStarted(int pid) {
        OwnFiles.write(
                directory.resolve("pid"),
                Integer.toString(pid).getBytes(StandardCharsets.US_ASCII));
    }

    /** Whether the sentry may have been asked for it. */
    boolean mayHaveStarted() {
        return content("starting").isPresent() || content("pid").isPresent();
    }

    /** Its pid in the sandbox, once it has been started; none if what is written is no pid. */
    OptionalInt pid() {
        return content("pid").map(ExecPlace::pid).orElseGet(OptionalInt::empty);
    }

    /** The sentry takes 0 for the first process of the container. */
    private static OptionalInt pid(byte[] written) {
        try {
            int pid = Integer.parseInt(new String(written, StandardCharsets.US_ASCII));
            return pid > 0 ? OptionalInt.of(pid) : OptionalInt.empty();
        } catch (NumberFormatException _) {
            return OptionalInt.empty();
        }
    }

    private Optional<byte[]> content(String name) {
        return KeptFile.read(directory.resolve(name));
    }

    void remove() {
        container.removeExec(directory);
    }
}
