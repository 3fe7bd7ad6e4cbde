// SPDX-License-Identifier: Apache-2.0
package io.silica.server.fake;

import io.silica.sandbox.Sandbox;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.SandboxSpec;
import io.silica.sandbox.Sandboxer;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes sandboxes in memory. What lives on when a daemon dies is held by {@link Survivors}, which a
 * second fake can be given.
 */
public final class FakeSandboxer implements Sandboxer {
    private final Faults faults;
    private final Survivors survivors;

    public FakeSandboxer() {
        this(new Faults(), new Survivors());
    }

    public FakeSandboxer(Faults faults, Survivors survivors) {
        this.faults = faults;
        this.survivors = survivors;
    }

    @Override
    public String kind() {
        return "fake";
    }

    @Override
    public Sandbox create(SandboxSpec spec) {
        faults.pass("sandbox.create");
        survivors.alive.add(spec.id());
        return new FakeSandbox(spec.id(), faults, survivors);
    }

    @Override
    public Optional<Sandbox> adopt(
            SandboxSpec spec, Map<String, String> identity, boolean started) {
        faults.pass("sandbox.adopt");
        return survivors.alive.contains(spec.id())
                ? Optional.of(new FakeSandbox(spec.id(), faults, survivors))
                : Optional.empty();
    }

    @Override
    public void close() {}

    /** What outlives the daemon: in a real kind, the processes behind the sandboxes. */
    public static final class Survivors {
        final Set<SandboxId> alive = ConcurrentHashMap.newKeySet();

        /** Whether anything is left of a sandbox. */
        public boolean has(SandboxId id) {
            return alive.contains(id);
        }

        /** Lets a sandbox die while no daemon looks. */
        public void lose(SandboxId id) {
            alive.remove(id);
        }
    }
}
