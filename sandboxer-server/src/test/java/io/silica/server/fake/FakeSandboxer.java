// SPDX-License-Identifier: Apache-2.0
package io.silica.server.fake;

import io.silica.sandbox.ContainerId;
import io.silica.sandbox.FormerContainer;
import io.silica.sandbox.Sandbox;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.SandboxSpec;
import io.silica.sandbox.Sandboxer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/**
 * Makes sandboxes in memory. What lives on when a daemon dies is held by {@link Survivors}, which a
 * second fake can be given.
 */
public final class FakeSandboxer implements Sandboxer {
    private final FakeLife life;

    public FakeSandboxer() {
        this(new Faults(), new Survivors());
    }

    public FakeSandboxer(Faults faults, Survivors survivors) {
        this.life = new FakeLife(faults, survivors);
    }

    @Override
    public String kind() {
        return "fake";
    }

    @Override
    public Sandbox create(SandboxSpec spec) {
        life.pass("sandbox.create");
        var agent = new FakeAgent();
        life.survivors().agents.put(spec.id(), agent);
        return new FakeSandbox(spec.id(), agent, life);
    }

    @Override
    public Optional<Sandbox> adopt(
            SandboxSpec spec, Map<String, String> identity, boolean started) {
        life.pass("sandbox.adopt");
        return life.survivors()
                .find(spec.id())
                .map(agent -> new FakeSandbox(spec.id(), agent, life));
    }

    @Override
    public void endStrangers(Predicate<SandboxId> known) {
        life.pass("strangers");
        for (SandboxId id : life.survivors().agents.keySet()) {
            if (!known.test(id)) {
                life.survivors().lose(id);
            }
        }
    }

    @Override
    public void close() {
        life.end();
    }

    /** What outlives the daemon: in a real kind, the processes behind the sandboxes. */
    public static final class Survivors {
        final Map<SandboxId, FakeAgent> agents = new ConcurrentHashMap<>();
        private final List<String> effects = new CopyOnWriteArrayList<>();
        private final boolean asRecorded;

        public Survivors() {
            this(false);
        }

        private Survivors(boolean asRecorded) {
            this.asRecorded = asRecorded;
        }

        /**
         * Those of a daemon that is a process: they cannot outlive it, so whatever a record tells
         * of is taken to be there, and as the record says.
         */
        public static Survivors asRecorded() {
            return new Survivors(true);
        }

        Optional<FakeAgent> find(SandboxId id) {
            return asRecorded
                    ? Optional.of(agents.computeIfAbsent(id, _ -> new FakeAgent()))
                    : Optional.ofNullable(agents.get(id));
        }

        void expect(FakeAgent agent, List<FormerContainer> containers) {
            if (asRecorded) {
                containers.forEach(agent::expect);
            }
        }

        /** Whether anything is left of a sandbox. */
        public boolean has(SandboxId id) {
            return agents.containsKey(id);
        }

        /** Whether a sandbox has that container. */
        public boolean has(SandboxId id, ContainerId container) {
            FakeAgent agent = agents.get(id);
            return agent != null && agent.guests().containsKey(container);
        }

        /** All containers that there are. */
        public List<String> containers() {
            return agents.values().stream()
                    .flatMap(agent -> agent.guests().keySet().stream())
                    .map(ContainerId::value)
                    .toList();
        }

        /** Lets a sandbox die while no daemon looks. */
        public void lose(SandboxId id) {
            FakeAgent agent = agents.remove(id);
            if (agent != null) {
                agent.end();
            }
        }

        /** Lets a container end while no daemon looks. */
        public void end(ContainerId container, int code) {
            for (FakeAgent agent : agents.values()) {
                var guest = agent.guests().get(container);
                if (guest != null) {
                    guest.end(code);
                }
            }
        }

        /** Lets a container go without a trace while no daemon looks. */
        public void forget(ContainerId container) {
            agents.values().forEach(agent -> agent.guests().remove(container));
        }

        /** What was done to containers and processes by all lives, in order: {@code "start c1"}. */
        public List<String> effects() {
            return List.copyOf(effects);
        }

        void effect(String effect) {
            effects.add(effect);
        }
    }
}
