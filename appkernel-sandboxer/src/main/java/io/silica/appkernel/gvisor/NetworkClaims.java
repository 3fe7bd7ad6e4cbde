// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import io.silica.linux.FileStatus;
import io.silica.linux.LinuxException;
import io.silica.linux.NetworkNamespace;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which sandbox has which network namespace. A sentry with a network stack of its own takes the
 * addresses of its namespace over: a second one would have none, and nobody would be told. Any
 * thread may call.
 */
final class NetworkClaims {
    /** The daemon's own, and that of the machine. */
    private static final List<Path> OF_THE_HOST =
            List.of(Path.of("/proc/self/ns/net"), Path.of("/proc/1/ns/net"));

    private final Map<Place, SandboxId> owners = new ConcurrentHashMap<>();

    /** What a namespace is told by, whatever path leads to it. */
    private record Place(long device, long inode) {
        static Place of(NetworkNamespace namespace) {
            var status = FileStatus.of(namespace.descriptor());
            return new Place(status.device(), status.inode());
        }
    }

    /** Holds a namespace, which so stays what it is, for a sandbox. */
    final class Claim implements AutoCloseable {
        private final NetworkNamespace namespace;
        private final Place place;
        private final SandboxId owner;

        private Claim(NetworkNamespace namespace, Place place, SandboxId owner) {
            this.namespace = namespace;
            this.place = place;
            this.owner = owner;
        }

        @Override
        public void close() {
            owners.remove(place, owner);
            namespace.close();
        }
    }

    /**
     * Takes a namespace for a sandbox that has none.
     *
     * @throws SandboxException.InvalidArgument if there is no network namespace at that path, or
     *     the host's, which would lose its addresses
     * @throws SandboxException.WrongState if another sandbox has it, which is named
     */
    Claim claim(SandboxId id, Path path) {
        var namespace = open(id, path);
        try {
            var place = Place.of(namespace);
            requireNotOfTheHost(id, path, place);
            var owner = owners.putIfAbsent(place, id);
            if (owner != null) {
                throw new SandboxException.WrongState(
                        "cannot start sandbox \"%s\": its network namespace %s is that of sandbox \"%s\""
                                .formatted(id, path, owner));
            }
            return new Claim(namespace, place, id);
        } catch (RuntimeException e) {
            namespace.close();
            throw e;
        }
    }

    private static void requireNotOfTheHost(SandboxId id, Path path, Place place) {
        if (OF_THE_HOST.stream().flatMap(it -> place(it).stream()).anyMatch(place::equals)) {
            throw new SandboxException.InvalidArgument(
                    "cannot start sandbox \"%s\": its network namespace %s is the host's"
                            .formatted(id, path));
        }
    }

    private static Optional<Place> place(Path path) {
        try (var namespace = NetworkNamespace.open(path)) {
            return Optional.of(Place.of(namespace));
        } catch (LinuxException _) {
            return Optional.empty();
        }
    }

    private static NetworkNamespace open(SandboxId id, Path path) {
        try {
            return NetworkNamespace.open(path);
        } catch (LinuxException e) {
            throw new SandboxException.InvalidArgument(
                    "sandbox \"%s\" has no network namespace at %s: %s"
                            .formatted(id, path, e.getMessage()),
                    e);
        }
    }
}
