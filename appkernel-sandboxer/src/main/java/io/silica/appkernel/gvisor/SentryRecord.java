// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import io.silica.linux.OwnFiles;
import io.silica.linux.ProcessIdentity;
import io.silica.sandbox.SandboxException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What finds a sentry again.
 *
 * @param identity which process it is
 * @param socket its control socket
 */
record SentryRecord(ProcessIdentity identity, Path socket) {
    private static final JsonMapper JSON = JsonMapper.shared();

    /** What runsc calls the control socket of a pod, and nothing else is called. */
    private static final String SOCKET_NAME = "runsc-" + PodPlaces.ROOT_CONTAINER + ".sock";

    /** Where runsc puts it if the path of the pod's directory is too long. */
    private static final Set<Path> ELSEWHERE =
            Set.of(Path.of("/var/run"), Path.of("/run"), Path.of("/tmp"));

    /**
     * What runsc wrote down about the pod that it has just started.
     *
     * @throws SandboxException.Failed if that makes no sense
     */
    static SentryRecord ofRunsc(PodPlaces places) {
        try {
            var sandbox =
                    JSON.readTree(
                                    OwnFiles.read(places.state(PodPlaces.ROOT_CONTAINER))
                                            .orElse(new byte[0]))
                            .path("sandbox");
            return new SentryRecord(
                    ProcessIdentity.of(sandbox.path("pid").asInt(0))
                            .orElseThrow(() ->
                                    new SandboxException.Failed(
                                            "the sentry ended when it had just begun")),
                    Path.of(sandbox.path("controlSocketPath").asString("")));
        } catch (JacksonException | InvalidPathException e) {
            throw new SandboxException.Failed("the state that runsc has written makes no sense", e);
        }
    }

    /** What runsc wrote down about a pod that it has started; empty if it had not got as far. */
    static Optional<SentryRecord> begun(PodPlaces places) {
        try {
            return KeptFile.object(places.state(PodPlaces.ROOT_CONTAINER))
                    .filter(it -> it.path("status").asString("").equals("running"))
                    .map(_ -> ofRunsc(places))
                    .filter(it -> it.canBeOf(places));
        } catch (SandboxException.Failed _) {
            return Optional.empty();
        }
    }

    /**
     * What {@link #save} wrote down; empty if there is nothing, or nothing that makes sense: the
     * socket of another pod does not.
     */
    static Optional<SentryRecord> load(PodPlaces places) {
        try {
            return KeptFile.read(places.kernel())
                    .flatMap(SentryRecord::parse)
                    .filter(it -> it.canBeOf(places));
        } catch (SandboxException.Failed _) {
            return Optional.empty();
        }
    }

    private boolean canBeOf(PodPlaces places) {
        var parent = socket.resolveSibling("").normalize();
        return socket.endsWith(SOCKET_NAME)
                && (parent.equals(places.root().normalize()) || ELSEWHERE.contains(parent));
    }

    private static Optional<SentryRecord> parse(byte[] text) {
        try {
            JsonNode node = JSON.readTree(new String(text, StandardCharsets.UTF_8));
            return node.path("pid").isInt() && node.path("start-time").isIntegralNumber()
                    ? Optional.of(
                            new SentryRecord(
                                    new ProcessIdentity(
                                            node.path("pid").asInt(),
                                            node.path("start-time").asLong()),
                                    Path.of(node.path("socket").asString(""))))
                    : Optional.empty();
        } catch (JacksonException | InvalidPathException _) {
            return Optional.empty();
        }
    }

    /**
     * Removes its control socket, and nothing else, whatever the record says: it may be damaged,
     * and we are root.
     */
    void removeSocket() {
        try {
            var there =
                    Files.readAttributes(
                            socket, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (there.isOther() && socket.endsWith(SOCKET_NAME)) {
                Files.delete(socket);
            }
        } catch (NoSuchFileException _) {
            // It is gone.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void save(PodPlaces places) {
        var node = JSON.createObjectNode().put("pid", identity.pid());
        node.put("start-time", identity.startTime()).put("socket", socket.toString());
        OwnFiles.write(places.kernel(), JSON.writeValueAsBytes(node));
    }
}
