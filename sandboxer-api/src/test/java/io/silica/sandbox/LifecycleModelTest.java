// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/**
 * Random requests and ends, beside a model that knows nothing of states: it counts what has
 * happened and says from that what must be answered.
 */
class LifecycleModelTest {
    private static final long SEED = Long.getLong("silica.seed", System.nanoTime());
    private static final int SEQUENCES = 2_000;
    private static final int LENGTH = 40;

    @Test
    void aSandboxFollowsItsModelWhateverTheOrder() {
        var random = new Random(SEED);
        for (int i = 0; i < SEQUENCES; i++) {
            new SandboxRun(random).play();
        }
    }

    @Test
    void aProcessFollowsItsModelWhateverTheOrder() {
        var random = new Random(SEED);
        for (int i = 0; i < SEQUENCES; i++) {
            new ProcessRun(random).play();
        }
    }

    private static <T> T pick(RandomGenerator random, T[] choices) {
        return choices[random.nextInt(choices.length)];
    }

    private static ExitStatus exit(int code) {
        return new ExitStatus(code, Instant.ofEpochSecond(code));
    }

    private static final class SandboxRun {
        final RandomGenerator random;
        final SandboxLifecycle sandbox =
                new SandboxLifecycle(new SandboxId("s"), new SandboxState.Created());
        boolean up;
        int firstEnd = -1;

        SandboxRun(RandomGenerator random) {
            this.random = random;
        }

        void play() {
            for (int step = 0; step < LENGTH; step++) {
                if (random.nextInt(8) == 0) {
                    end();
                } else {
                    ask(pick(random, SandboxRequest.values()));
                }
                check();
            }
        }

        private void end() {
            int code = random.nextInt(256);
            sandbox.ended(exit(code));
            firstEnd = firstEnd < 0 ? code : firstEnd;
        }

        private void ask(SandboxRequest request) {
            boolean down = firstEnd >= 0;
            boolean refused =
                    switch (request) {
                        case START -> down;
                        case STOP, SHUTDOWN, STATUS, WAIT -> false;
                        case METRICS, CREATE_CONTAINER -> down || !up;
                        case UPDATE -> down;
                    };
            boolean carriedOut;
            try {
                carriedOut = sandbox.admits(request);
                assertThat(refused).as("%s, seed %d", request, SEED).isFalse();
            } catch (SandboxException _) {
                assertThat(refused).as("%s, seed %d", request, SEED).isTrue();
                return;
            }
            if (carriedOut && request == SandboxRequest.START) {
                sandbox.started(3, Instant.EPOCH);
                up = true;
            } else if (carriedOut && request == SandboxRequest.STOP) {
                end();
            }
        }

        private void check() {
            switch (sandbox.state()) {
                case SandboxState.Created _ -> assertThat(up || firstEnd >= 0).isFalse();
                case SandboxState.Running _ -> assertThat(up && firstEnd < 0).isTrue();
                case SandboxState.Stopped(var status) ->
                        assertThat(status.code()).as("seed %d", SEED).isEqualTo(firstEnd);
            }
        }
    }

    private static final class ProcessRun {
        final RandomGenerator random;
        final ProcessLifecycle process = new ProcessLifecycle("container \"c\"");
        boolean started;
        boolean frozen;
        int firstEnd = -1;

        ProcessRun(RandomGenerator random) {
            this.random = random;
        }

        void play() {
            for (int step = 0; step < LENGTH; step++) {
                if (random.nextInt(20) == 0) {
                    int code = random.nextInt(256);
                    process.ended(exit(code));
                    firstEnd = firstEnd < 0 ? code : firstEnd;
                } else {
                    ask(pick(random, ProcessRequest.values()));
                }
                check();
            }
        }

        private void ask(ProcessRequest request) {
            boolean ended = firstEnd >= 0;
            boolean live = started && !ended;
            boolean refused =
                    switch (request) {
                        case START -> started || ended;
                        case KILL, UPDATE -> ended;
                        case DELETE -> live;
                        case EXEC -> !live || frozen;
                        case PAUSE, RESUME -> !live;
                        case RESIZE, CLOSE_STDIN, STATE, WAIT, PIDS, STATISTICS -> false;
                    };
            boolean carriedOut;
            try {
                carriedOut = process.admits(request);
                assertThat(refused).as("%s, seed %d", request, SEED).isFalse();
            } catch (SandboxException _) {
                assertThat(refused).as("%s, seed %d", request, SEED).isTrue();
                return;
            }
            if (carriedOut) {
                carryOut(request);
            }
        }

        private void carryOut(ProcessRequest request) {
            if (request == ProcessRequest.START) {
                process.started();
                started = true;
            } else if (request == ProcessRequest.PAUSE) {
                process.paused();
                frozen = true;
            } else if (request == ProcessRequest.RESUME) {
                process.resumed();
                frozen = false;
            }
        }

        private void check() {
            switch (process.state()) {
                case ProcessState.Created _ -> assertThat(started || firstEnd >= 0).isFalse();
                case ProcessState.Running _ -> assertThat(started && !frozen).isTrue();
                case ProcessState.Paused _ -> assertThat(started && frozen).isTrue();
                case ProcessState.Stopped(var status) ->
                        assertThat(status.code()).as("seed %d", SEED).isEqualTo(firstEnd);
            }
        }
    }
}
