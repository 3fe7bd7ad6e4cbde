// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import io.silica.sandbox.Container;
import io.silica.sandbox.ContainerProcess;
import io.silica.sandbox.ExecConfig;
import io.silica.sandbox.Resources;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Statistics;
import java.util.List;

/** A container of which nothing is left: containerd still asks about it and deletes it. */
final class EndedContainer implements Container {
    private final EndedProcess init;

    EndedContainer(EndedProcess init) {
        this.init = init;
    }

    @Override
    public ContainerProcess init() {
        return init;
    }

    @Override
    public ContainerProcess exec(ExecConfig config) {
        throw gone();
    }

    @Override
    public Statistics statistics() {
        throw new SandboxException.Unavailable("there are no figures of a container that is gone");
    }

    @Override
    public List<Integer> pids() {
        return List.of(init.pid());
    }

    @Override
    public void update(Resources resources) {
        throw gone();
    }

    @Override
    public void pause() {
        throw gone();
    }

    @Override
    public void resume() {
        throw gone();
    }

    private static SandboxException gone() {
        return new SandboxException.WrongState("the container is gone");
    }
}
