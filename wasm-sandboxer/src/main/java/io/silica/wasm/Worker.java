// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.silica.linux.Child;
import io.silica.linux.Descriptor;
import io.silica.linux.Epoll;
import io.silica.linux.LinuxException;
import io.silica.linux.Pidfd;
import io.silica.linux.Poller;
import io.silica.linux.ProcessIdentity;
import io.silica.linux.SocketType;
import io.silica.sandbox.Exit;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Signal;
import io.silica.ttrpc.CallOptions;
import io.silica.ttrpc.TtrpcClient;
import io.silica.ttrpc.TtrpcException;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A worker process, started by us or by an earlier daemon, and the connections to it. Closing it
 * lets go of the process; it lives on. Any thread may call any method.
 */
final class Worker implements AutoCloseable {
    /** Of worker.proto. */
    static final int PROTOCOL_VERSION = 1;

    private final ProcessIdentity identity;
    private final WorkerFiles files;
    private final DescriptorSender sender;
    private final Exit death = new Exit();
    private final AutoCloseable handle;
    private final Poller.Watch watch;
    private volatile boolean closed;
    private @Nullable TtrpcClient client;

    private Worker(
            ProcessIdentity identity,
            Pidfd pidfd,
            AutoCloseable handle,
            Runnable collect,
            WorkerFiles files,
            Poller poller) {
        this.identity = identity;
        this.files = files;
        this.handle = handle;
        this.sender = new DescriptorSender(files.descriptors(), poller);
        this.watch =
                poller.watch(
                        pidfd.descriptor(),
                        Epoll.READABLE,
                        () -> {
                            // Whoever has collected it before us: its guests have ended.
                            try {
                                collect.run();
                            } finally {
                                died();
                            }
                        });
    }

    /** Starts a worker and writes it down. */
    static Worker start(WorkerCommand command, WorkerFiles files, Poller poller) {
        try (var calls = WorkerFiles.listen(files.calls(), SocketType.STREAM);
                var descriptors = WorkerFiles.listen(files.descriptors(), SocketType.SEQPACKET)) {
            var child = command.start(calls, descriptors);
            try {
                var identity = identity(child);
                files.save(identity, PROTOCOL_VERSION);
                return new Worker(
                        identity, child.pidfd(), child, () -> child.status(), files, poller);
            } catch (RuntimeException e) {
                child.pidfd().signal(Signal.KILL.number());
                child.close();
                throw e;
            }
        } catch (LinuxException e) {
            throw new SandboxException.Unavailable("cannot start a wasm worker", e);
        }
    }

    private static ProcessIdentity identity(Child child) {
        return ProcessIdentity.of(child.pid())
                .orElseThrow(() ->
                        new SandboxException.Unavailable(
                                "the wasm worker ended when it had just begun"));
    }

    /** Finds the worker again that is written down; empty if it is gone. */
    static Optional<Worker> adopt(WorkerFiles files, Poller poller) {
        return files.load(PROTOCOL_VERSION)
                .flatMap(identity ->
                        Pidfd.open(identity)
                                .map(pidfd ->
                                        new Worker(
                                                identity, pidfd, pidfd, () -> {}, files, poller)));
    }

    private void died() {
        death.complete(new ExitStatus(Signal.KILL.exitCode(), InstantSource.system().instant()));
    }

    int pid() {
        return identity.pid();
    }

    /** Its end, with the status that its guests have by that: nobody saw how they ended. */
    Exit death() {
        return death;
    }

    boolean isAlive() {
        return death.status().isEmpty();
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
        try {
            return client().call(service, method, request, responses, options);
        } catch (TtrpcException e) {
            throw WorkerFailure.of(e);
        } catch (IOException e) {
            throw new SandboxException.Unavailable("cannot reach the wasm worker", e);
        }
    }

    private synchronized TtrpcClient client() throws IOException {
        if (closed) {
            throw new SandboxException.Unavailable("the wasm worker was let go of");
        }
        var present = client;
        if (present != null && present.isOpen()) {
            return present;
        }
        if (present != null) {
            present.close();
        }
        var fresh = TtrpcClient.connect(files.calls());
        client = fresh;
        return fresh;
    }

    @Override
    public synchronized void close() {
        closed = true;
        watch.close();
        sender.close();
        if (client != null) {
            client.close();
        }
        try {
            handle.close();
        } catch (Exception e) {
            throw new IllegalStateException("closing a pidfd never fails", e);
        }
    }
}
