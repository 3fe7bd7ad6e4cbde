// SPDX-License-Identifier: Apache-2.0
package io.silica.agent.container;

import static io.silica.agent.json.JsonValue.FALSE;
import static io.silica.agent.json.JsonValue.TRUE;

import io.silica.agent.container.ProcessStreams.Wanted;
import io.silica.agent.json.JsonObject;
import io.silica.agent.json.JsonWriter;
import io.silica.linux.Descriptor;
import io.silica.linux.Poller;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.ProcessState;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Signal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A container and its processes. What changes it happens in order, under its lock; what is asked is
 * answered at once, from what is known.
 */
public final class GuestContainer {
    private final String id;
    private final Path directory;
    private final ContainerCgroup cgroup;
    private final Crun crun;
    private final Reaper reaper;
    private final Poller poller;
    private final Map<String, GuestProcess> processes = new ConcurrentHashMap<>();
    private final Map<String, JsonObject> execs = new ConcurrentHashMap<>();
    private volatile boolean frozen;

    GuestContainer(String id, GuestPaths paths, Crun crun, Reaper reaper, Poller poller) {
        this.id = id;
        this.directory = paths.container(id);
        this.cgroup = new ContainerCgroup(paths.podCgroup().resolve(id));
        this.crun = crun;
        this.reaper = reaper;
        this.poller = poller;
    }

    public String id() {
        return id;
    }

    /** Its figures, limits and processes. */
    public ContainerCgroup cgroup() {
        return cgroup;
    }

    /** All that nobody has deleted. */
    public List<GuestProcess> processes() {
        return List.copyOf(processes.values());
    }

    /**
     * One of them.
     *
     * @param execId empty for the first
     * @throws SandboxException.NotFound if there is no such process
     */
    public GuestProcess process(String execId) {
        var process = processes.get(execId);
        if (process == null) {
            throw new SandboxException.NotFound(
                    execId.isEmpty()
                            ? "container \"" + id + "\" is not made yet"
                            : "container \"%s\" has no process \"%s\"".formatted(id, execId));
        }
        return process;
    }

    /** What is so with a process, the freezing of all of them included. */
    public ProcessState state(GuestProcess process) {
        var state = process.state();
        return frozen && state instanceof ProcessState.Running ? new ProcessState.Paused() : state;
    }

    /**
     * Whether something in it was ended because its memory was used up; while it is not deleted.
     */
    public boolean ranOutOfMemory() {
        return cgroup.outOfMemoryKills() > 0;
    }

    /** Makes it; what was made is undone if that fails. */
    synchronized void create(ContainerRequest request, SpecEditor editor, SharedDirectory share)
            throws IOException, InterruptedException {
        Files.createDirectories(directory);
        try {
            var made = request.made();
            var root =
                    RootFilesystem.mount(
                            directory, share.resolve(made.getRootfs()), made.getWritableBytes());
            var spec =
                    editor.container(
                            made.getSpec().toStringUtf8(),
                            root.path(),
                            "/" + GuestPaths.POD + "/" + id,
                            made.getMountsList());
            spec.object("process").put("terminal", request.streams().terminal() ? TRUE : FALSE);
            Files.writeString(directory.resolve("config.json"), JsonWriter.write(spec));
            add("", request.streams(), "create", "--bundle", directory.toString());
        } catch (IOException | InterruptedException | RuntimeException e) {
            discard(e);
            throw e;
        }
    }

    /** Crun undoes what it has not finished, but not what we failed to take over. */
    private void discard(Exception failure) throws IOException {
        try {
            crun("delete container", Map.of(), "delete", "--force", id);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
        remove();
    }

    /** Has crun make a process, whose parent we are then. */
    private GuestProcess add(String execId, Wanted wanted, String... command)
            throws IOException, InterruptedException {
        var label = execId.isEmpty() ? id : id + "/" + execId;
        var streams = ProcessStreams.open(label, poller, wanted);
        try {
            var process = new GuestProcess("process " + label, execId, reaper, streams);
            run(process, command);
            processes.put(execId, process);
            return process;
        } catch (IOException | InterruptedException | RuntimeException e) {
            streams.close();
            throw e;
        }
    }

    private void run(GuestProcess process, String... command)
            throws IOException, InterruptedException {
        var pidFile = directory.resolve("pid");
        var streams = process.streams();
        try (var window = reaper.expect();
                var console = streams.wanted().terminal() ? Console.open(directory) : null) {
            var arguments = new ArrayList<String>(List.of(command));
            arguments.add("--pid-file=" + pidFile);
            if (console != null) {
                arguments.add("--console-socket=" + console.path());
            }
            if (process.execId().isEmpty()) {
                arguments.add(id);
            } else {
                arguments.add("--process=" + execFile(process.execId()));
                arguments.add(id);
            }
            var action =
                    (process.execId().isEmpty() ? "create " : "exec in ")
                            + "container \""
                            + id
                            + "\"";
            crun(action, streams.given(), arguments.toArray(String[]::new));
            int pid = Integer.parseInt(Files.readString(pidFile).strip());
            process.exists(pid, window.adopt(pid));
            if (console != null) {
                streams.attach(console.receive(poller));
            }
        } finally {
            streams.handedOver();
            Files.deleteIfExists(pidFile);
        }
    }

    private void crun(String action, Map<Integer, Descriptor> descriptors, String... arguments)
            throws IOException, InterruptedException {
        var log = directory.resolve("crun.log");
        Files.deleteIfExists(log);
        crun.run(action, log, descriptors, arguments);
    }

    private Path execFile(String execId) {
        return directory.resolve("exec-" + execId + ".json");
    }

    /** Adds a process, which its start makes. */
    synchronized void exec(ExecId execId, String json, Wanted wanted) {
        var process = SpecEditor.process(json, wanted.terminal());
        if (!(state(process("")) instanceof ProcessState.Running)) {
            throw new SandboxException.WrongState("container \"" + id + "\" does not run");
        }
        var label = "process " + id + "/" + execId;
        if (processes.containsKey(execId.value())) {
            throw new SandboxException.AlreadyExists(label + " exists already");
        }
        execs.put(execId.value(), process);
        processes.put(
                execId.value(),
                new GuestProcess(
                        label,
                        execId.value(),
                        reaper,
                        ProcessStreams.open(id + "/" + execId, poller, wanted)));
    }

    synchronized void start(String execId) throws IOException, InterruptedException {
        var process = process(execId);
        if (!(process.state() instanceof ProcessState.Created)) {
            throw new SandboxException.WrongState(
                    "cannot start a process of container \"%s\" in state %s"
                            .formatted(id, process.state().label()));
        }
        if (execId.isEmpty()) {
            crun("start container \"" + id + "\"", Map.of(), "start", id);
        } else {
            startExec(process);
        }
        process.isStarted();
    }

    private void startExec(GuestProcess process) throws IOException, InterruptedException {
        var spec = execs.get(process.execId());
        if (spec == null) {
            throw new SandboxException.WrongState("an exec is started once");
        }
        Files.writeString(execFile(process.execId()), JsonWriter.write(spec));
        try {
            run(process, "exec", "--detach");
        } finally {
            Files.deleteIfExists(execFile(process.execId()));
        }
        execs.remove(process.execId());
    }

    /**
     * Signals a process, or all that there are in the container if it is the first that is named.
     * Not in order with the rest.
     */
    void signal(String execId, Signal signal, boolean all) {
        var process = process(execId);
        if (all && execId.isEmpty()) {
            cgroup.signal(signal.number());
        } else {
            process.signal(signal);
        }
    }

    synchronized void freeze(boolean on) throws InterruptedException {
        cgroup.freeze(on);
        frozen = on;
    }

    /**
     * Takes a process that does not run out of sight; with the first one goes the container.
     *
     * <p>One that is being made is waited for.
     *
     * @return what it was
     * @throws SandboxException.WrongState if it runs
     */
    synchronized GuestProcess delete(String execId) throws IOException, InterruptedException {
        var process = process(execId);
        var reason = process.notDeletable();
        if (reason != null) {
            throw new SandboxException.WrongState(reason);
        }
        if (execId.isEmpty()) {
            crun("delete container \"" + id + "\"", Map.of(), "delete", "--force", id);
            remove();
        } else {
            execs.remove(execId);
            processes.remove(execId);
            process.streams().close();
        }
        return process;
    }

    private void remove() throws IOException {
        for (var process : processes()) {
            process.streams().close();
        }
        processes.clear();
        RootFilesystem.in(directory).unmount();
        deleteTree(directory);
    }

    private static void deleteTree(Path top) throws IOException {
        try (var walk = Files.walk(top)) {
            for (var path : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
