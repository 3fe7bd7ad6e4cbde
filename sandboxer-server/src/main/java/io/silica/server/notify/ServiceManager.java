// SPDX-License-Identifier: Apache-2.0
package io.silica.server.notify;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.silica.linux.LinuxException;
import io.silica.linux.Poller;
import io.silica.linux.UnixAddress;
import io.silica.linux.UnixDatagram;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * The service manager that started this process, if one did and wants to know. Any thread may call
 * any method; none blocks, and none fails: what cannot be sent is logged once and forgotten.
 */
public final class ServiceManager {
    private static final System.Logger LOG = System.getLogger(ServiceManager.class.getName());

    private final NotifyEnvironment environment;
    private final InheritedDescriptors inherited;
    private final AtomicBoolean complained = new AtomicBoolean();

    private ServiceManager(NotifyEnvironment environment, InheritedDescriptors inherited) {
        this.environment = environment;
        this.inherited = inherited;
    }

    /** As the environment of this process says; to be asked once. */
    public static ServiceManager ofThisProcess() {
        return ofThisProcess(InheritedDescriptors.ofThisProcess());
    }

    /**
     * The same in a process that has not got with its environment what was parked.
     *
     * @param inherited what it got instead
     */
    public static ServiceManager ofThisProcess(InheritedDescriptors inherited) {
        return of(System.getenv(), ProcessHandle.current().pid(), inherited);
    }

    /** None: nobody wants to know, and nobody keeps anything. */
    public static ServiceManager none() {
        return of(Map.of(), 0);
    }

    static ServiceManager of(Map<String, String> environment, long processId) {
        return of(environment, processId, InheritedDescriptors.none());
    }

    private static ServiceManager of(
            Map<String, String> environment, long processId, InheritedDescriptors inherited) {
        return new ServiceManager(NotifyEnvironment.of(environment, processId), inherited);
    }

    /** What it has kept of the last life: for the thread that starts this one. */
    public InheritedDescriptors inherited() {
        return inherited;
    }

    /** What it keeps for the next life. */
    public DescriptorStore store(Poller poller) {
        return DescriptorStore.of(environment, poller);
    }

    /** The daemon serves. */
    public void ready() {
        send("READY=1");
    }

    /** The daemon has begun to end. */
    public void stopping() {
        send("STOPPING=1");
    }

    /** What the daemon is doing, for people. */
    public void status(String text) {
        // A line break would begin another assignment.
        send("STATUS=" + text.replaceAll("\\p{Cntrl}", " "));
    }

    /**
     * Feeds the watchdog twice in its time, for as long as the daemon is alive, until the answer is
     * closed. Does nothing if this process is not watched.
     *
     * @param alive whether the daemon is well; it runs on a thread of its own and may take its
     *     time: if it never answers, that is an answer, too
     */
    public Watchdog watch(BooleanSupplier alive) {
        return new Watchdog(
                environment.watchdog().map(limit -> limit.dividedBy(2)), alive, this::ping);
    }

    private void ping() {
        send("WATCHDOG=1");
    }

    private void send(String assignment) {
        environment.socket().ifPresent(socket -> send(socket, assignment));
    }

    private void send(String socket, String assignment) {
        // A socket for each datagram: the manager may be replaced, and its socket with it.
        try (var datagram = UnixDatagram.to(UnixAddress.parse(socket))) {
            if (!datagram.send(assignment.getBytes(UTF_8), List.of())) {
                complain(socket, "its queue is full");
            }
        } catch (LinuxException e) {
            complain(socket, String.valueOf(e.getMessage()));
        }
    }

    private void complain(String socket, String reason) {
        if (complained.compareAndSet(false, true)) {
            LOG.log(
                    Level.WARNING,
                    "cannot notify the service manager at " + socket + ": " + reason);
        }
    }
}
