// SPDX-License-Identifier: Apache-2.0
package io.silica.server.fake;

import io.silica.sandbox.Container;
import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.ContainerProcess;
import io.silica.sandbox.ExecConfig;
import io.silica.sandbox.Resources;
import io.silica.sandbox.Statistics;
import java.time.Instant;
import java.util.List;

/**
 * Runs {@link FakeProcess}es: {@code ["sleep"]} runs until it is killed, {@code ["exit", "7"]} ends
 * at once with that code, {@code ["print", "text"]} writes a line and ends with 0.
 */
final class FakeContainer implements Container {
    private final FakeProcess init;
    private final Faults faults;

    FakeContainer(ContainerConfig config, Faults faults) {
        this.init = new FakeProcess(config.spec().process().args(), config.stdio(), faults);
        this.faults = faults;
    }

    @Override
    public ContainerProcess init() {
        return init;
    }

    @Override
    public ContainerProcess exec(ExecConfig config) {
        faults.pass("container.exec");
        return new FakeProcess(config.process().args(), config.stdio(), faults);
    }

    @Override
    public Statistics statistics() {
        faults.pass("container.statistics");
        return new Statistics(Instant.now(), 1_000, 4096, 0, 0, 1, 0);
    }

    @Override
    public List<Integer> pids() {
        return List.of(init.pid());
    }

    @Override
    public void update(Resources resources) {
        faults.pass("container.update");
    }

    @Override
    public void pause() {
        faults.pass("container.pause");
    }

    @Override
    public void resume() {
        faults.pass("container.resume");
    }

    void end(int code) {
        init.end(code);
    }
}
