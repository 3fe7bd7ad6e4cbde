// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import io.silica.sandbox.AdoptedContainer;
import io.silica.sandbox.Container;
import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.ContainerObserver;
import io.silica.sandbox.Exit;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.FormerContainer;
import io.silica.sandbox.PodResources;
import io.silica.sandbox.Sandbox;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Statistics;
import java.util.List;
import java.util.Map;

/**
 * A sandbox that was found dead when the daemon came back: containerd still asks about it and shuts
 * it down, and there is nothing left behind it.
 */
final class EndedSandbox implements Sandbox {
    private final Exit exit;
    private final Map<String, String> identity;

    EndedSandbox(ExitStatus status, Map<String, String> identity) {
        this.exit = Exit.of(status);
        this.identity = identity;
    }

    @Override
    public int start() {
        throw ended("start");
    }

    @Override
    public Exit exit() {
        return exit;
    }

    @Override
    public Container createContainer(ContainerConfig config, ContainerObserver observer) {
        throw ended("create container \"" + config.id() + "\" in");
    }

    @Override
    public List<AdoptedContainer> adoptContainers(List<FormerContainer> former) {
        return List.of();
    }

    @Override
    public void stop() {}

    @Override
    public Statistics statistics() {
        throw ended("measure");
    }

    @Override
    public void update(PodResources resources) {
        throw ended("update");
    }

    @Override
    public Map<String, String> identity() {
        return identity;
    }

    @Override
    public void close() {}

    private static SandboxException ended(String action) {
        return new SandboxException.WrongState("cannot " + action + " a sandbox that has ended");
    }
}
