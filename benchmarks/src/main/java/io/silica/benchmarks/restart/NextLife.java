// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.restart;

import java.io.IOException;

/** From where the life goes on that follows a kill. */
enum NextLife {
    /** It was started while the one before lived, and waits. */
    WAITS("waits") {
        @Override
        void prepare(SupervisedSandboxer sandboxer) throws IOException, InterruptedException {
            sandboxer.awaitStandby();
        }
    },

    /** It is started when the one before has died. */
    STARTS("starts") {
        @Override
        void prepare(SupervisedSandboxer sandboxer) throws IOException {
            // One that has not come so far is of no use to the supervisor.
            sandboxer.standby().ifPresent(ProcessHandle::destroyForcibly);
        }
    };

    private final String title;

    NextLife(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /** Sees to it before a kill. */
    abstract void prepare(SupervisedSandboxer sandboxer) throws IOException, InterruptedException;
}
