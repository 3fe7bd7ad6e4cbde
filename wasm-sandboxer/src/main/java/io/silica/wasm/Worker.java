// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.silica.linux.Descriptor;
import io.silica.linux.Epoll;
import io.silica.linux.LinuxException;
import io.silica.linux.Pidfd;
import io.silica.linux.Poller;
import io.silica.linux.ProcessIdentity;
import io.silica.linux.SocketType;
import io.silica.linux.cgroup.Cgroup;
import io.silica.linux.cgroup.CgroupException;
import io.silica.sandbox.Exit;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Signal;
import io.silica.ttrpc.CallOptions;
import io.silica.wasm.worker.ProtocolVersions;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A worker process, started by us or by an earlier daemon, and the connections to it. Closing it
 * lets go of the process; it lives on. Any thread may call any method.
 */
final class Worker implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Worker.class.getName());
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ProcessIdentity identity;
    private final OptionalInt protocol;
    private final Optional<String> build;
    private final Pidfd pidfd;
    private final Poller poller;
    private final DescriptorSender sender;
    private final WorkerCalls calls;
    private final Optional<Cgroup> cgroup;
    private final long killsBefore;
    private final Exit death = new Exit();
    private final AutoCloseable handle;
    private final Poller.Watch watch;
    private volatile boolean outOfMemory;
    private volatile boolean closed;
    private volatile boolean retired;

    private Worker(
            ProcessIdentity identity,
            OptionalInt protocol,
            Optional<String> build,
            Pidfd pidfd,
            AutoCloseable handle,
            WorkerFiles files,
            Poller poller,
            Optional<Cgroup> cgroup) {
        this.identity = identity;
        this.protocol = protocol;
        this.build = build;
        this.pidfd = pidfd;
        this.poller = poller;
        this.handle = handle;
        this.cgroup = cgroup;
        this.killsBefore = memoryKills();
        this.sender = new DescriptorSender(files.descriptors(), poller);
        this.calls = new WorkerCalls(files.calls(), protocol.isPresent());
        // Whoever collects its status: its guests have ended.
        this.watch = poller.watch(pidfd.descriptor(), Epoll.READABLE, this::died);
    }

    /**
     * Starts a worker and writes it down.
     *
     * @param versions of the protocol that it speaks, which are ours
     * @param build as {@link #build} tells it
     */
    static Worker start(
            WorkerCommand command,
            WorkerFiles files,
            ProtocolVersions versions,
            Optional<String> build,
            Poller poller) {
        try (var calls = WorkerFiles.listen(files.calls(), SocketType.STREAM);
                var descriptors = WorkerFiles.listen(files.descriptors(), SocketType.SEQPACKET)) {
            var process = command.start(calls, descriptors, poller);
            try {
                files.save(new WorkerRecord(process.identity(), versions, build));
                return new Worker(
                        process.identity(),
                        OptionalInt.of(versions.newest()),
                        build,
                        process.pidfd(),
                        process,
                        files,
                        poller,
                        command.share().cgroup());
            } catch (RuntimeException e) {
                process.pidfd().signal(Signal.KILL.number());
                process.close();
                throw e;
            }
        } catch (LinuxException e) {
            throw new SandboxException.Unavailable("cannot start a wasm worker", e);
        }
    }

    /**
     * Finds the worker again that is written down; empty if it is gone.
     *
     * @param versions of the protocol that we speak
     * @param cgroup where it runs, if it is charged to a pod
     */
    static Optional<Worker> adopt(
            WorkerFiles files, ProtocolVersions versions, Poller poller, Optional<Cgroup> cgroup) {
        return files.load()
                .flatMap(it ->
                        Pidfd.open(it.identity())
                                .map(pidfd ->
                                        new Worker(
                                                it.identity(),
                                                versions.highestShared(it.versions()),
                                                it.build(),
                                                pidfd,
                                                pidfd,
                                                files,
                                                poller,
                                                cgroup)));
    }

    /**
     * The version of worker.proto in which it is given new containers; empty if it shares none with
     * us and gets none. What it has is asked for, waited for and ended all the same: that is so in
     * every version.
     */
    OptionalInt protocol() {
        return protocol;
    }

    /** Which build of its engine it was started with, as {@link WorkerRecord} has it. */
    Optional<String> build() {
        return build;
    }

    /** When it was started, in the kernel's measure. */
    long startTime() {
        return identity.startTime();
    }

    /** It is given no new containers from now on, and keeps those that it has. */
    void retire() {
        retired = true;
        LOG.log(
                Level.WARNING,
                "the wasm worker with pid {0} has another engine than modules are compiled for now: it keeps its containers, and new ones go to another worker",
                Integer.toString(pid()));
    }

    /** Whether it may be given new containers. */
    boolean isRetired() {
        return retired;
    }

    /** Nothing else in its cgroup is ever there to be killed. */
    private long memoryKills() {
        try {
            return cgroup.map(Cgroup::memoryKills).orElse(0L);
        } catch (CgroupException e) {
            LOG.log(Level.WARNING, "cannot tell whether a wasm worker lacks memory", e);
            return 0;
        }
    }

    private void died() {
        outOfMemory = memoryKills() > killsBefore;
        death.complete(new ExitStatus(Signal.KILL.exitCode(), InstantSource.system().instant()));
    }

    int pid() {
        return identity.pid();
    }

    /** Its end, with the status that its guests have by that: nobody saw how they ended. */
    Exit death() {
        return death;
    }

    /**
     * Whether the kernel has killed it because its pod's memory was used up. Known with its death.
     */
    boolean wasOutOfMemory() {
        return outOfMemory;
    }

    boolean isAlive() {
        return death.status().isEmpty();
    }

    /**
     * Ends it with all that it has, and waits for that.
     *
     * @throws SandboxException.TimedOut if the kernel does not come to it
     */
    void kill() {
        pidfd.signal(Pidfd.SIGKILL);
        try {
            if (!poller.await(pidfd.descriptor(), Epoll.READABLE, PATIENCE)) {
                throw new SandboxException.TimedOut(
                        "the wasm worker with pid %d was killed and does not end".formatted(pid()));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new SandboxException.Cancelled("interrupted while a wasm worker ended");
        }
        died();
    }

    /** Whether we have let go of it. */
    boolean isClosed() {
        return closed;
    }

    /**
     * Gives it copies of descriptors, to be claimed by the token that is returned.
     *
     * @throws SandboxException.Unavailable if it does not take them
     */
    long send(List<Descriptor> descriptors) {
        return sender.send(descriptors);
    }

    /**
     * Calls it.
     *
     * @throws SandboxException what it answers, or Unavailable if it can't be reached
     */
    <R extends MessageLite> R call(
            String service,
            String method,
            MessageLite request,
            Parser<R> responses,
            CallOptions options) {
        return calls.call(service, method, request, responses, options);
    }

    @Override
    public synchronized void close() {
        closed = true;
        watch.close();
        sender.close();
        calls.close();
        try {
            handle.close();
        } catch (Exception e) {
            throw new IllegalStateException("closing a pidfd never fails", e);
        }
    }
}
