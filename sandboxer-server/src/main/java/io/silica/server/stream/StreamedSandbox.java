// SPDX-License-Identifier: Apache-2.0
package io.silica.server.stream;

import io.silica.sandbox.AdoptedContainer;
import io.silica.sandbox.AdoptedProcess;
import io.silica.sandbox.Container;
import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ContainerObserver;
import io.silica.sandbox.ContainerProcess;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.Exit;
import io.silica.sandbox.FormerContainer;
import io.silica.sandbox.FormerProcess;
import io.silica.sandbox.PodResources;
import io.silica.sandbox.Sandbox;
import io.silica.sandbox.Statistics;
import io.silica.sandbox.Stdio;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A sandbox whose processes can have streams. */
final class StreamedSandbox implements Sandbox {
    private final Sandbox sandbox;
    private final StreamDirectory directory;
    private final StdioStreams streams;

    StreamedSandbox(Sandbox sandbox, StreamDirectory directory, StdioStreams streams) {
        this.sandbox = sandbox;
        this.directory = directory;
        this.streams = streams;
    }

    @Override
    public int start() {
        return sandbox.start();
    }

    @Override
    public Exit exit() {
        return sandbox.exit();
    }

    @Override
    public Container createContainer(ContainerConfig config, ContainerObserver observer) {
        var owner = new StreamOwner(config.id(), Optional.empty());
        Optional<ProcessStreams> made = streams.create(directory, owner, config.stdio());
        try {
            Stdio stdio = made.map(ProcessStreams::stdio).orElse(config.stdio());
            Container container = sandbox.createContainer(with(config, stdio), observer);
            return around(config.id(), container, around(owner, container.init(), made));
        } catch (RuntimeException e) {
            made.ifPresent(it -> streams.end(owner, it));
            throw e;
        }
    }

    private static ContainerConfig with(ContainerConfig config, Stdio stdio) {
        return new ContainerConfig(
                config.id(),
                config.sandbox(),
                config.bundle(),
                config.rootfs(),
                config.spec(),
                stdio);
    }

    @Override
    public List<AdoptedContainer> adoptContainers(List<FormerContainer> former) {
        directory.keepOnly(fifos(former));
        Map<StreamOwner, ProcessStreams> found = find(former);
        List<AdoptedContainer> adopted =
                sandbox.adoptContainers(former.stream().map(it -> seenByKind(it, found)).toList());
        Set<StreamOwner> there =
                adopted.stream().flatMap(it -> owners(it).stream()).collect(Collectors.toSet());
        found.forEach((owner, it) -> {
            if (!there.contains(owner)) {
                streams.end(owner, it);
            }
        });
        return adopted.stream().map(it -> around(it, found)).toList();
    }

    private Set<String> fifos(List<FormerContainer> former) {
        var names = new HashSet<String>();
        for (FormerContainer container : former) {
            processes(container)
                    .forEach((owner, it) -> names.addAll(streams.fifos(owner, it.stdio())));
        }
        return names;
    }

    private Map<StreamOwner, ProcessStreams> find(List<FormerContainer> former) {
        var found = new HashMap<StreamOwner, ProcessStreams>();
        for (FormerContainer container : former) {
            processes(container)
                    .forEach((owner, it) ->
                            streams.find(directory, owner, it)
                                    .ifPresent(own -> found.put(owner, own)));
        }
        return found;
    }

    private static Map<StreamOwner, FormerProcess> processes(FormerContainer container) {
        var processes = new HashMap<StreamOwner, FormerProcess>();
        processes.put(new StreamOwner(container.id(), Optional.empty()), container.init());
        container
                .execs()
                .forEach((exec, it) ->
                        processes.put(new StreamOwner(container.id(), Optional.of(exec)), it));
        return processes;
    }

    private static Set<StreamOwner> owners(AdoptedContainer container) {
        var owners = new HashSet<StreamOwner>();
        owners.add(new StreamOwner(container.id(), Optional.empty()));
        container
                .execs()
                .keySet()
                .forEach(exec -> owners.add(new StreamOwner(container.id(), Optional.of(exec))));
        return owners;
    }

    private static FormerContainer seenByKind(
            FormerContainer former, Map<StreamOwner, ProcessStreams> found) {
        ContainerId id = former.id();
        var execs = new HashMap<ExecId, FormerProcess>();
        former.execs()
                .forEach((exec, it) ->
                        execs.put(
                                exec,
                                seenByKind(it, found.get(new StreamOwner(id, Optional.of(exec))))));
        FormerProcess init =
                seenByKind(former.init(), found.get(new StreamOwner(id, Optional.empty())));
        return new FormerContainer(id, init, execs, former.observer());
    }

    private static FormerProcess seenByKind(FormerProcess former, @Nullable ProcessStreams found) {
        return found == null
                ? former
                : new FormerProcess(former.pid(), found.stdio(), former.state());
    }

    private AdoptedContainer around(
            AdoptedContainer adopted, Map<StreamOwner, ProcessStreams> found) {
        ContainerId id = adopted.id();
        var execs = new HashMap<ExecId, AdoptedProcess>();
        adopted.execs()
                .forEach((exec, it) -> {
                    var owner = new StreamOwner(id, Optional.of(exec));
                    execs.put(
                            exec,
                            new AdoptedProcess(
                                    around(owner, it.process(), streamsOf(owner, found)),
                                    it.state()));
                });
        var owner = new StreamOwner(id, Optional.empty());
        ContainerProcess init = around(owner, adopted.container().init(), streamsOf(owner, found));
        return new AdoptedContainer(
                id, around(id, adopted.container(), init), adopted.state(), execs);
    }

    private static Optional<ProcessStreams> streamsOf(
            StreamOwner owner, Map<StreamOwner, ProcessStreams> found) {
        return Optional.ofNullable(found.get(owner));
    }

    private Container around(ContainerId id, Container container, ContainerProcess init) {
        return new StreamedContainer(id, container, init, directory, streams);
    }

    private ContainerProcess around(
            StreamOwner owner, ContainerProcess process, Optional<ProcessStreams> own) {
        return own.<ContainerProcess>map(it -> new StreamedProcess(owner, process, it, streams))
                .orElse(process);
    }

    @Override
    public void stop() {
        sandbox.stop();
    }

    @Override
    public Statistics statistics() {
        return sandbox.statistics();
    }

    @Override
    public void update(PodResources resources) {
        sandbox.update(resources);
    }

    @Override
    public Map<String, String> identity() {
        return sandbox.identity();
    }

    @Override
    public void close() {
        sandbox.close();
        streams.endAll(directory);
    }
}
