// SPDX-License-Identifier: Apache-2.0
package io.silica.server.stream;

import io.silica.sandbox.Container;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ContainerProcess;
import io.silica.sandbox.ExecConfig;
import io.silica.sandbox.Resources;
import io.silica.sandbox.Statistics;
import java.util.List;
import java.util.Optional;

/** A container to which processes with streams can be added. */
final class StreamedContainer implements Container {
    private final ContainerId id;
    private final Container container;
    private final ContainerProcess init;
    private final StreamDirectory directory;
    private final StdioStreams streams;

    /**
     * @param init its first process, with its streams if it has any
     */
    StreamedContainer(
            ContainerId id,
            Container container,
            ContainerProcess init,
            StreamDirectory directory,
            StdioStreams streams) {
        this.id = id;
        this.container = container;
        this.init = init;
        this.directory = directory;
        this.streams = streams;
    }

    @Override
    public ContainerProcess init() {
        return init;
    }

    @Override
    public ContainerProcess exec(ExecConfig config) {
        var owner = new StreamOwner(id, Optional.of(config.id()));
        Optional<ProcessStreams> made = streams.create(directory, owner, config.stdio());
        return made.map(it -> exec(config, owner, it)).orElseGet(() -> container.exec(config));
    }

    private ContainerProcess exec(ExecConfig config, StreamOwner owner, ProcessStreams own) {
        try {
            var seen = new ExecConfig(config.id(), config.process(), own.stdio());
            return new StreamedProcess(owner, container.exec(seen), own, streams);
        } catch (RuntimeException e) {
            streams.end(owner, own);
            throw e;
        }
    }

    @Override
    public Statistics statistics() {
        return container.statistics();
    }

    @Override
    public List<Integer> pids() {
        return container.pids();
    }

    @Override
    public void update(Resources resources) {
        container.update(resources);
    }

    @Override
    public void pause() {
        container.pause();
    }

    @Override
    public void resume() {
        container.resume();
    }
}
