// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import io.silica.sandbox.Exit;
import io.silica.vmm.hypervisor.Capabilities;
import io.silica.vmm.hypervisor.Device;
import io.silica.vmm.hypervisor.Hypervisor;
import io.silica.vmm.hypervisor.Machine;
import io.silica.vmm.hypervisor.MachineConfig;
import io.silica.vmm.hypervisor.MachineEnd;
import io.silica.vmm.hypervisor.PreparedMachine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Machines in memory, with a {@link FakeGuest} in each. What lives on is in {@link Survivors}. */
final class FakeHypervisor implements Hypervisor {
    private final Survivors survivors;

    FakeHypervisor(Survivors survivors) {
        this.survivors = survivors;
    }

    /** The guests that there are, whatever daemon lives. */
    record Survivors(Map<Path, FakeGuest> guests) {
        Survivors() {
            this(new ConcurrentHashMap<>());
        }

        List<String> containers() {
            return guests.values().stream()
                    .flatMap(it -> it.containers().keySet().stream())
                    .toList();
        }

        FakeGuestContainer container(String id) {
            return guests.values().stream()
                    .flatMap(it -> Optional.ofNullable(it.containers().get(id)).stream())
                    .findFirst()
                    .orElseThrow();
        }

        void kill() {
            guests.values().forEach(FakeGuest::kill);
            guests.clear();
        }
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public Capabilities capabilities() {
        return Capabilities.coldPlugOnly();
    }

    @Override
    public void check() {}

    @Override
    public PreparedMachine prepare(MachineConfig config) {
        capabilities().requireColdPlug(config.devices());
        return new PreparedMachine() {
            @Override
            public Machine boot() {
                var guest = new FakeGuest(agentSocket(config));
                survivors.guests.put(config.directory(), guest);
                return new FakeMachine(guest);
            }

            @Override
            public void close() {}
        };
    }

    private static Path agentSocket(MachineConfig config) {
        return config.devices().stream()
                .filter(Device.Vsock.class::isInstance)
                .map(Device.Vsock.class::cast)
                .map(it -> Path.of(it.socket() + "_5000"))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public Optional<Machine> find(Path directory) {
        return Optional.ofNullable(survivors.guests.get(directory)).map(FakeMachine::new);
    }

    @Override
    public void remove(Path directory) {
        var guest = survivors.guests.remove(directory);
        if (guest != null) {
            guest.kill();
        }
    }

    @Override
    public void close() {}

    /** A machine as one life of the daemon knows it; our own process stands for it. */
    private static final class FakeMachine implements Machine {
        private final FakeGuest guest;
        private final Exit exit = new Exit();
        private final Exit.Registration death;

        FakeMachine(FakeGuest guest) {
            this.guest = guest;
            this.death = guest.end().onExit(exit::complete);
        }

        @Override
        public int pid() {
            return (int) ProcessHandle.current().pid();
        }

        @Override
        public Exit exit() {
            return exit;
        }

        @Override
        public Optional<MachineEnd> end() {
            return exit.status().map(_ -> new MachineEnd.Ended());
        }

        @Override
        public String console() {
            return "";
        }

        @Override
        public void quit(Duration patience) {
            guest.kill();
        }

        @Override
        public void close() {
            death.close();
        }
    }
}
