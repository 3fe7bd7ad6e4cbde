// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Any;
import com.google.protobuf.Empty;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.silica.linux.Child;
import io.silica.linux.Descriptor;
import io.silica.linux.LinuxException;
import io.silica.linux.OpenFlag;
import io.silica.linux.Pidfd;
import io.silica.linux.Pipe;
import io.silica.linux.Poller;
import io.silica.linux.ProcessIdentity;
import io.silica.proto.containerd.task.CloseIORequest;
import io.silica.proto.containerd.task.CreateTaskRequest;
import io.silica.proto.containerd.task.CreateTaskResponse;
import io.silica.proto.containerd.task.DeleteRequest;
import io.silica.proto.containerd.task.DeleteResponse;
import io.silica.proto.containerd.task.KillRequest;
import io.silica.proto.containerd.task.StartRequest;
import io.silica.proto.containerd.task.StartResponse;
import io.silica.proto.containerd.task.StateRequest;
import io.silica.proto.containerd.task.StateResponse;
import io.silica.proto.containerd.task.WaitRequest;
import io.silica.proto.containerd.task.WaitResponse;
import io.silica.proto.wasm.DiscardRequest;
import io.silica.proto.wasm.WasmContainer;
import io.silica.sandbox.Undo;
import io.silica.ttrpc.CallOptions;
import io.silica.wasm.engine.GuestModules;
import io.silica.wasm.worker.ProtocolVersions;
import io.silica.wasm.worker.WorkerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A worker process of a test, and what a daemon would say to it. Closing it ends the process. */
final class WorkerFixture implements AutoCloseable {
    static final String TASK = "containerd.task.v3.Task";
    private static final CallOptions PATIENCE = CallOptions.timeout(Duration.ofSeconds(60));
    private static final long DEADLINE_NANOS = Duration.ofSeconds(60).toNanos();

    /** What is waited for needs the processors, too. */
    private static final long PAUSE_NANOS = 100_000;

    private final Path directory;
    private final Poller poller = Poller.start("silica-test-poller");
    private Workers workers;
    private int files;

    WorkerFixture(Path directory, WorkerOptions options) {
        this(directory, TrainedWorker.command().with(options));
    }

    WorkerFixture(Path directory, WorkerCommand command) {
        this.directory = directory;
        this.workers = workers(command);
    }

    private Workers workers(WorkerCommand command) {
        return new Workers(
                () -> command,
                new WorkerPlaces(directory.resolve("state")),
                poller,
                ProtocolVersions.OURS,
                Payer.NODE,
                Optional::empty);
    }

    /** As a daemon that comes back would find it. */
    void restartDaemon() {
        worker();
        workers.close();
        workers = workers(TrainedWorker.command());
    }

    /** The worker lives on. */
    void letGo() {
        workers.close();
        poller.close();
    }

    Worker worker() {
        return workers.get(ProtocolVersions.OURS.newest());
    }

    Poller poller() {
        return poller;
    }

    /** A file with the module of a text. */
    Path module(String text) throws IOException {
        return Files.write(directory.resolve("module-" + files++), GuestModules.binary(text));
    }

    /** Creates and starts a guest whose stdout and stderr are the pipe's. */
    void start(String id, String text, Pipe output) throws IOException {
        create(id, text, output, WasmContainer.newBuilder());
        start(id);
    }

    void create(String id, String text, Pipe output, WasmContainer.Builder container)
            throws IOException {
        create(id, module(text), List.of(output.writer(), output.writer()), container);
    }

    /** The descriptors after the module are stdout and stderr, and then those of the container. */
    void create(String id, Path module, List<Descriptor> others, WasmContainer.Builder container) {
        try (var sent = new Undo()) {
            var all = new ArrayList<Descriptor>();
            all.add(sent.owns(Descriptor.open(module, OpenFlag.READ)));
            others.forEach(other -> all.add(sent.owns(found(other))));
            if (others.size() >= 2) {
                container.setStdout(1).setStderr(2);
            }
            if (container.getProtocolVersion() == 0) {
                container.setProtocolVersion(ProtocolVersions.OURS.newest());
            }
            container.setDescriptorToken(worker().send(all)).setModule(0);
            if (container.getArgsCount() == 0) {
                container.addArgs("/app.wasm");
            }
            call(
                    "Create",
                    CreateTaskRequest.newBuilder()
                            .setId(id)
                            .setOptions(
                                    Any.newBuilder()
                                            .setTypeUrl("silica.wasm.v1.WasmContainer")
                                            .setValue(container.build().toByteString()))
                            .build(),
                    CreateTaskResponse.parser());
        }
    }

    /** As the daemon finds a stream or a directory: open for nothing. */
    private static Descriptor found(Descriptor descriptor) {
        var path = Path.of("/proc/self/fd", Integer.toString(descriptor.number()));
        return Descriptor.open(path, OpenFlag.PATH);
    }

    void start(String id) {
        call("Start", StartRequest.newBuilder().setId(id).build(), StartResponse.parser());
    }

    void kill(String id, int signal) {
        call("Kill", KillRequest.newBuilder().setId(id).setSignal(signal).build(), Empty.parser());
    }

    void closeStdin(String id) {
        call(
                "CloseIO",
                CloseIORequest.newBuilder().setId(id).setStdin(true).build(),
                Empty.parser());
    }

    int await(String id) {
        return call("Wait", WaitRequest.newBuilder().setId(id).build(), WaitResponse.parser())
                .getExitStatus();
    }

    StateResponse state(String id) {
        return call("State", StateRequest.newBuilder().setId(id).build(), StateResponse.parser());
    }

    void discard(String id) {
        Empty _ =
                worker().call(
                                "silica.wasm.v1.Worker",
                                "Discard",
                                DiscardRequest.newBuilder().setId(id).build(),
                                Empty.parser(),
                                PATIENCE);
    }

    int delete(String id) {
        return call("Delete", DeleteRequest.newBuilder().setId(id).build(), DeleteResponse.parser())
                .getExitStatus();
    }

    <R extends MessageLite> R call(String method, MessageLite request, Parser<R> answers) {
        return worker().call(TASK, method, request, answers, PATIENCE);
    }

    /** All that comes until nobody has the other end open. */
    String readAll(Pipe pipe) throws IOException {
        pipe.writer().close();
        try (var in = poller.inputStream(pipe.reader())) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + DEADLINE_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("the condition does not come true");
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    @Override
    public void close() {
        workers.existing().forEach(WorkerFixture::kill);
        workers.close();
        poller.close();
        collectLaunchers();
    }

    /** Kills one that the daemon knows, and waits until it knows of its death. */
    static void kill(Worker worker) {
        signalKill(worker.pid());
        await(() -> !worker.isAlive());
    }

    /** Kills one and waits for nothing. */
    static void signalKill(int pid) {
        try (var pidfd = Pidfd.open(pid)) {
            pidfd.signal(Pidfd.SIGKILL);
        }
    }

    /** Ends one that a sandboxer of this process has started, if it has not ended. */
    static void kill(int pid) {
        if (ProcessIdentity.of(pid).isPresent()) {
            signalKill(pid);
            await(() -> ProcessIdentity.of(pid).isEmpty());
        }
        collectLaunchers();
    }

    /** A daemon that comes back is not the parent of what starts workers; we still are. */
    static void collectLaunchers() {
        ProcessHandle.current()
                .children()
                .filter(WorkerFixture::isLauncher)
                .filter(launcher -> launcher.children().noneMatch(WorkerFixture::lives))
                .forEach(launcher -> collect(Math.toIntExact(launcher.pid())));
    }

    /** What has ended may still be there, for its parent to collect. */
    private static boolean lives(ProcessHandle process) {
        return ProcessIdentity.of(Math.toIntExact(process.pid())).isPresent();
    }

    private static boolean isLauncher(ProcessHandle child) {
        try {
            return Files.readString(Path.of("/proc/" + child.pid() + "/comm")).equals("bwrap\n");
        } catch (IOException _) {
            return false;
        }
    }

    private static void collect(int pid) {
        try (var child = Child.adopt(pid)) {
            await(() -> child.pidfd().hasExited());
            child.status();
        } catch (LinuxException _) {
            // The sandboxer has collected it.
        }
    }
}
