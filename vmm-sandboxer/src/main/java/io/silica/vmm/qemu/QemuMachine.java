// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.qemu;

import io.silica.linux.Poller;
import io.silica.sandbox.Exit;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Signal;
import io.silica.vmm.hypervisor.Machine;
import io.silica.vmm.hypervisor.MachineEnd;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A machine that QEMU runs. */
final class QemuMachine implements Machine {
    /** virtiofsd ends by itself when QEMU closes its connection, which is before QEMU is gone. */
    private static final Duration QEMU_FIRST = Duration.ofMillis(500);

    private static final Duration KILL_PATIENCE = Duration.ofSeconds(10);

    private final QemuPlaces places;
    private final List<Member> members;
    private final Member qemu;
    private final Console console;
    private final Poller poller;
    private final Exit exit = new Exit();
    private final AtomicBoolean ending = new AtomicBoolean();
    private final List<Poller.Watch> watches;
    private volatile @Nullable MachineEnd end;

    /**
     * @param members all of its processes; their owner is this
     */
    QemuMachine(QemuPlaces places, List<Member> members, Console console, Poller poller) {
        this.places = places;
        this.members = members;
        this.console = console;
        this.poller = poller;
        this.qemu =
                members.stream()
                        .filter(it -> it.name().equals(PreparedQemu.QEMU))
                        .findFirst()
                        .orElseThrow();
        this.watches =
                members.stream()
                        .map(member -> member.onEnd(poller, () -> memberEnded(member)))
                        .toList();
    }

    private void memberEnded(Member member) {
        if (ending.compareAndSet(false, true)) {
            Thread.ofVirtual().name("end of machine " + qemu.pid()).start(() -> ended(member));
        }
    }

    /** The rest of it ends, and then it is told. */
    private void ended(Member first) {
        boolean byItself = first.equals(qemu) || qemu.awaitEnd(poller, QEMU_FIRST);
        end = byItself ? new MachineEnd.Ended() : new MachineEnd.HelperEnded(first.name());
        try {
            endAll();
        } finally {
            exit.complete(new ExitStatus(Signal.KILL.exitCode(), InstantSource.system().instant()));
        }
    }

    private void endAll() {
        members.forEach(Member::kill);
        for (var member : members) {
            if (!member.awaitEnd(poller, KILL_PATIENCE)) {
                throw new SandboxException.TimedOut(member.name() + " does not end after SIGKILL");
            }
        }
    }

    @Override
    public int pid() {
        return qemu.pid();
    }

    @Override
    public Exit exit() {
        return exit;
    }

    @Override
    public Optional<MachineEnd> end() {
        return Optional.ofNullable(end);
    }

    @Override
    public String console() {
        return console.text();
    }

    @Override
    public void quit(Duration patience) {
        if (!patience.isZero() && !qemu.hasEnded()) {
            ask(patience);
        }
        if (ending.compareAndSet(false, true)) {
            ended(qemu);
        } else {
            endAll();
        }
    }

    /** So QEMU writes out what it has of disks. */
    private void ask(Duration patience) {
        try (var qmp = Qmp.connect(places.qmp(), poller, patience)) {
            var _ = qmp.execute("quit", patience);
            var _ = qemu.awaitEnd(poller, patience);
        } catch (SandboxException.Cancelled e) {
            throw e;
        } catch (SandboxException _) {
            // By force, then.
        }
    }

    @Override
    public void close() {
        watches.forEach(Poller.Watch::close);
        console.close();
        members.forEach(Member::close);
    }
}
