// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.Sandbox;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.SandboxState;
import io.silica.sandbox.Sandboxer;
import io.silica.sandbox.Undo;
import io.silica.server.host.PodHost;
import io.silica.server.host.PreparedPod;
import io.silica.server.registry.Recovery.Step;
import io.silica.server.registry.TaskIndex.Placed;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.function.Consumer;

/**
 * Finds again what an earlier life of the daemon left. A sandbox is known from its record at once;
 * the rest is done in the background, each sandbox for itself.
 */
final class SandboxAdoption implements AutoCloseable {
    private static final Logger LOGGER = System.getLogger(SandboxAdoption.class.getName());

    private final Sandboxer sandboxer;
    private final PodHost host;
    private final SandboxIndex sandboxes;
    private final TaskIndex tasks;
    private final Unclaimed unclaimed;
    private final Surroundings around;
    private final Recovery recovery = new Recovery();

    SandboxAdoption(
            Sandboxer sandboxer,
            PodHost host,
            SandboxIndex sandboxes,
            TaskIndex tasks,
            Unclaimed unclaimed,
            Surroundings around) {
        this.sandboxer = sandboxer;
        this.host = host;
        this.sandboxes = sandboxes;
        this.tasks = tasks;
        this.unclaimed = unclaimed;
        this.around = around;
    }

    /**
     * Takes over a sandbox: it is known from its record when this returns.
     *
     * @param removal removes a sandbox that was only half made
     * @throws SandboxException.InvalidArgument if the record makes no sense to the host or the kind
     */
    void adopt(KnownSandbox known, Consumer<ManagedSandbox> removal) {
        try (var undo = new Undo()) {
            sandboxes.take(known.id());
            undo.add(() -> sandboxes.free(known.id()));
            PreparedPod pod = host.adopt(known.spec());
            undo.add(pod::letGo);
            var managed = new ManagedSandbox(known, pod, around);
            for (Task task : managed.tasks()) {
                tasks.take(task.id());
                tasks.enter(new Placed(managed, task));
                undo.add(() -> tasks.remove(new Placed(managed, task)));
            }
            look(known, managed);
            sandboxes.enter(managed);
            undo.keep();
            recover(known, managed, removal);
        }
    }

    /** The first look; most times it is enough. What fails for a reason that passes comes again. */
    private void look(KnownSandbox known, ManagedSandbox managed) {
        try {
            find(known, managed);
        } catch (SandboxException.InvalidArgument e) {
            throw e;
        } catch (SandboxException e) {
            LOGGER.log(Level.DEBUG, "cannot find " + name(known) + " yet", e);
        }
    }

    private void recover(
            KnownSandbox known, ManagedSandbox managed, Consumer<ManagedSandbox> removal) {
        LOGGER.log(
                known.halfMade() ? Level.INFO : Level.DEBUG,
                "adopted {0} with {1} containers: {2}",
                name(known),
                known.tasks().size(),
                known.halfMade() ? "half made" : known.state().label());
        var found = new Step("find " + name(known), () -> find(known, managed));
        if (known.halfMade()) {
            begin(managed, found, new Step("undo " + name(known), () -> removal.accept(managed)));
            return;
        }
        if (!managed.isClaimed()) {
            unclaimed.expectStill(managed);
        }
        begin(
                managed,
                found,
                new Step("find the containers of " + name(known), managed::adoptTasks),
                new Step("prepare " + name(known) + " again", managed::settle));
    }

    /** Ends and removes in the background what belongs to no sandbox. */
    void removeStrangers() {
        recovery.begin(
                () -> false,
                List.of(
                        new Step("end strangers", () -> sandboxer.endStrangers(sandboxes::isTaken)),
                        new Step("remove what strangers had", this::removeDirectories)));
    }

    /** Lets what is to be done in the background begin. */
    void proceed() {
        recovery.allow();
    }

    /** Ends what is under way in the background; the next life of the daemon begins it anew. */
    @Override
    public void close() {
        recovery.close();
    }

    private void begin(ManagedSandbox managed, Step... steps) {
        recovery.begin(managed::isGone, List.of(steps));
    }

    private void find(KnownSandbox known, ManagedSandbox managed) {
        if (!managed.isFound()) {
            boolean started = !(known.state() instanceof SandboxState.Created);
            managed.found(
                    sandboxer
                            .adopt(known.spec(), known.identity(), started)
                            .orElseGet(() -> ended(known)));
        }
    }

    private Sandbox ended(KnownSandbox known) {
        ExitStatus exit =
                known.state() instanceof SandboxState.Stopped(ExitStatus recorded)
                        ? recorded
                        : new ExitStatus(ExitStatus.UNKNOWN, around.clock().instant());
        return new EndedSandbox(exit, known.identity());
    }

    private void removeDirectories() {
        for (String name : host.directories()) {
            if (isId(name)) {
                sandboxes.whileFree(new SandboxId(name), () -> host.removeStranger(name));
            } else {
                host.removeStranger(name);
            }
        }
    }

    private static boolean isId(String name) {
        try {
            return !new SandboxId(name).value().isEmpty();
        } catch (SandboxException.InvalidArgument _) {
            return false;
        }
    }

    private static String name(KnownSandbox known) {
        return "sandbox \"" + known.id() + "\"";
    }
}
