// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.qemu;

import io.silica.linux.Child;
import io.silica.linux.Descriptor;
import io.silica.linux.LinuxException;
import io.silica.linux.NetworkNamespace;
import io.silica.linux.OpenFlag;
import io.silica.linux.Poller;
import io.silica.linux.ProcessIdentity;
import io.silica.linux.SocketType;
import io.silica.linux.Spawn;
import io.silica.linux.UnixAddress;
import io.silica.linux.UnixListener;
import io.silica.sandbox.Printable;
import io.silica.sandbox.SandboxException;
import io.silica.vmm.hypervisor.Device;
import io.silica.vmm.hypervisor.Machine;
import io.silica.vmm.hypervisor.MachineConfig;
import io.silica.vmm.hypervisor.PreparedMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A machine whose helpers run and listen. */
final class PreparedQemu implements PreparedMachine {
    static final String QEMU = "qemu";
    static final String VIRTIOFSD = "virtiofsd";

    private static final Duration LISTENS_WITHIN = Duration.ofSeconds(20);

    /** A helper begins within some of them. */
    private static final Duration LOOK = Duration.ofMillis(2);

    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(30);

    private final QemuConfig config;
    private final Accelerator accelerator;
    private final MachineConfig machine;
    private final QemuPlaces places;
    private final Poller poller;
    private final List<Member> members = new ArrayList<>();
    private boolean booted;

    private PreparedQemu(
            QemuConfig config, Accelerator accelerator, MachineConfig machine, Poller poller) {
        this.config = config;
        this.accelerator = accelerator;
        this.machine = machine;
        this.places = new QemuPlaces(machine.directory());
        this.poller = poller;
    }

    static PreparedQemu prepare(
            QemuConfig config, Accelerator accelerator, MachineConfig machine, Poller poller) {
        var prepared = new PreparedQemu(config, accelerator, machine, poller);
        try {
            prepared.places.create();
            prepared.startHelpers();
            return prepared;
        } catch (RuntimeException e) {
            prepared.close();
            throw e;
        }
    }

    private void startHelpers() {
        for (var device : machine.devices()) {
            switch (device) {
                case Device.Vsock(Path socket) -> startVsock(socket);
                case Device.SharedDirectory(String _, Path directory) ->
                        listening(
                                VIRTIOFSD,
                                Spawn.of(
                                                config.virtiofsd(),
                                                "--socket-path=" + places.files(),
                                                "-o",
                                                "source=" + directory,
                                                "-o",
                                                "cache=auto",
                                                // A device node in a volume would be one of the
                                                // host.
                                                "-o",
                                                "modcaps=-mknod")
                                        .directory(Path.of("/")),
                                places.files());
                case Device.Disk _, Device.Network _, Device.Console _ -> {}
            }
        }
    }

    private void startVsock(Path socket) {
        var helper = new VhostDeviceVsock(config.vsock(), places.directory(), socket);
        try {
            var member = helper.start(it -> start(VhostDeviceVsock.NAME, it));
            awaitListening(member, VhostDeviceVsock.vhost(socket));
        } catch (LinuxException e) {
            throw cannotStart(VhostDeviceVsock.NAME, e);
        }
    }

    private void listening(String name, Spawn program, Path socket) {
        var member = start(name, program);
        awaitListening(member, socket);
        joinDescendants(member.pid());
    }

    private Member start(String name, Spawn program) {
        try {
            var child = inNetwork(program.newSession());
            try {
                var member = Member.of(name, child);
                members.add(member);
                machine.joins().accept(member.pid());
                return member;
            } catch (RuntimeException e) {
                // One that has ended is collected.
                var _ = child.status();
                child.close();
                throw e;
            }
        } catch (LinuxException e) {
            throw cannotStart(name, e);
        }
    }

    private static SandboxException cannotStart(String name, LinuxException cause) {
        return new SandboxException.Unavailable(
                "cannot start %s: %s".formatted(name, cause.getMessage()), cause);
    }

    private Child inNetwork(Spawn program) {
        if (machine.network().isEmpty()) {
            return program.start();
        }
        try (var network = NetworkNamespace.open(machine.network().get())) {
            return network.inside(program::start);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new SandboxException.Cancelled("interrupted while a program is started");
        }
    }

    /**
     * It tells nobody when it listens. Its socket appears a moment before it does, and long before
     * QEMU has come so far as to connect.
     */
    private void awaitListening(Member member, Path socket) {
        long end = System.nanoTime() + LISTENS_WITHIN.toNanos();
        while (!Files.exists(socket)) {
            if (member.awaitEnd(poller, LOOK)) {
                throw endedEarly(member);
            }
            if (System.nanoTime() - end >= 0) {
                throw new SandboxException.TimedOut(member.name() + " does not listen");
            }
        }
    }

    private static SandboxException endedEarly(Member member) {
        return new SandboxException.Failed(
                member.name() + " ended before it listened: run it by hand to see why");
    }

    /** What it had started before it was in the cgroup itself. */
    private void joinDescendants(int pid) {
        try {
            var children = Path.of("/proc/%d/task/%d/children".formatted(pid, pid));
            for (var child : Files.readString(children).strip().split(" ", -1)) {
                if (!child.isEmpty()) {
                    machine.joins().accept(Integer.parseInt(child));
                    joinDescendants(Integer.parseInt(child));
                }
            }
        } catch (IOException _) {
            // It has ended; whoever boots the machine will hear of it.
        }
    }

    @Override
    public Machine boot() {
        var running = launch();
        booted = true;
        awaitAnswer(running);
        return running;
    }

    /** Nobody but QEMU listens when this returns: when it ends, who connects is told. */
    private QemuMachine launch() {
        try (var qmp = listener(places.qmp());
                var console = listener(places.console());
                var log =
                        Descriptor.open(
                                places.log(), OpenFlag.WRITE, OpenFlag.CREATE, OpenFlag.APPEND)) {
            var program =
                    Confinement.inNamespaces(
                                    config.program(),
                                    QemuCommand.of(config, accelerator, places, machine))
                            .directory(Path.of("/"))
                            .descriptor(1, log)
                            .descriptor(2, log)
                            .descriptor(QemuCommand.QMP, qmp.descriptor())
                            .descriptor(QemuCommand.CONSOLE, console.descriptor());
            var heard = Console.connect(places.console(), poller);
            try {
                start(QEMU, program);
                save();
            } catch (RuntimeException e) {
                heard.close();
                throw e;
            }
            return new QemuMachine(places, List.copyOf(members), heard, poller);
        }
    }

    private static UnixListener listener(Path path) {
        return UnixListener.bind(UnixAddress.of(path), SocketType.STREAM, 1);
    }

    private void save() {
        Map<String, ProcessIdentity> processes = new LinkedHashMap<>();
        members.forEach(it -> processes.put(it.name(), it.identity()));
        places.writeRecord(new QemuRecord(processes).text());
    }

    private void awaitAnswer(QemuMachine running) {
        try (var qmp = Qmp.connect(places.qmp(), poller, ANSWERS_WITHIN)) {
            var _ = qmp.execute("query-status", ANSWERS_WITHIN);
        } catch (SandboxException e) {
            var failure = failure(e);
            running.quit(Duration.ZERO);
            running.close();
            throw failure;
        }
    }

    private SandboxException failure(SandboxException cause) {
        @Nullable String complaint = places.complaint();
        return new SandboxException.Failed(
                "QEMU does not run the virtual machine: %s"
                        .formatted(
                                complaint.isEmpty()
                                        ? cause.getMessage()
                                        : Printable.of(complaint.replace("\n", " | "))),
                cause);
    }

    @Override
    public void close() {
        if (!booted) {
            members.forEach(Member::kill);
            new MachineProcesses(places.directory(), config.programs(), poller).kill();
            members.forEach(it -> {
                var _ = it.awaitEnd(poller, LISTENS_WITHIN);
                it.close();
            });
            members.clear();
            places.remove();
        }
    }
}
