// SPDX-License-Identifier: Apache-2.0
package io.silica.server.fake;

import io.silica.sandbox.SandboxId;

/** One life of a daemon with the fake kind: what it hears, and where its steps can be disturbed. */
final class FakeLife {
    private final Faults faults;
    private final FakeSandboxer.Survivors survivors;
    private volatile boolean over;

    FakeLife(Faults faults, FakeSandboxer.Survivors survivors) {
        this.faults = faults;
        this.survivors = survivors;
    }

    FakeSandboxer.Survivors survivors() {
        return survivors;
    }

    /** A step that asks no agent. */
    void pass(String step) {
        faults.pass(step);
    }

    /** A step that asks an agent, which can be made to stand still as a whole. */
    void ask(SandboxId agent, String step) {
        faults.pass("agent " + agent);
        faults.pass(step);
    }

    /** From now on it hears of nothing, as the dead do. */
    void end() {
        over = true;
    }

    boolean isOver() {
        return over;
    }
}
