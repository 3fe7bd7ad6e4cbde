// SPDX-License-Identifier: Apache-2.0
package io.silica.server.stream;

import io.silica.sandbox.Platform;
import io.silica.sandbox.Sandbox;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.SandboxSpec;
import io.silica.sandbox.Sandboxer;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** A kind whose processes can have streams. */
final class StreamedSandboxer implements Sandboxer {
    private final Sandboxer kind;
    private final StdioStreams streams;

    StreamedSandboxer(Sandboxer kind, StdioStreams streams) {
        this.kind = kind;
        this.streams = streams;
    }

    @Override
    public String kind() {
        return kind.kind();
    }

    @Override
    public Platform platform() {
        return kind.platform();
    }

    @Override
    public Sandbox create(SandboxSpec spec) {
        return around(spec, kind.create(spec));
    }

    @Override
    public Optional<Sandbox> adopt(
            SandboxSpec spec, Map<String, String> identity, boolean started) {
        return kind.adopt(spec, identity, started).map(it -> around(spec, it));
    }

    private Sandbox around(SandboxSpec spec, Sandbox sandbox) {
        return new StreamedSandbox(sandbox, streams.directory(spec.id()), streams);
    }

    @Override
    public void endStrangers(Predicate<SandboxId> known) {
        kind.endStrangers(known);
        streams.removeStrangers(known);
    }

    @Override
    public void close() {
        kind.close();
    }
}
