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
        } catch (JacksonException e) {
            throw new SandboxException.Failed("the state that runsc has written makes no sense", e);
        }
    }

    /** What {@link #save} wrote down; empty if there is nothing, or nothing that makes sense. */
    static Optional<SentryRecord> load(PodPlaces places) {
        return OwnFiles.read(places.kernel()).flatMap(SentryRecord::parse);
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
