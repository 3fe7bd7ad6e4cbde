// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.ctl.cri.CriException;
import io.silica.proto.cri.ContainerState;
import io.silica.proto.cri.LinuxContainerResources;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A container that counts: it prints numbered lines at a pace and exits with a code that is known
 * before, or is ended on its way.
 */
final class Count {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int MOST_LINES = 80;
    private static final int MOST_MILLIS = 40;
    private static final int CODES = 120;

    /** Less than what a container has that wants none: not every worker may be given more again. */
    private static final int LEAST_SHARES = 512;

    private static final Duration SOON = Duration.ofSeconds(2);
    private static final int TERMINATED = 143;
    private static final int KILLED = 137;
    private static final int UNKNOWN = 255;

    private final ChaosKind kind;
    private final Tally tally;
    private final Patience patience;
    private final Node node;
    private final Victim victim;
    private final int lines;
    private final int millis;
    private final int code;
    private final End end;
    private @Nullable PodContainer container;

    /** Whether it ends by itself, or how it is ended. */
    private enum End {
        BY_ITSELF,
        STOPPED,
        KILLED
    }

    private Count(
            ChaosKind kind,
            Tally tally,
            Patience patience,
            Node node,
            Victim victim,
            SplittableRandom random) {
        this.kind = kind;
        this.tally = tally;
        this.patience = patience;
        this.node = node;
        this.victim = victim;
        this.lines = random.nextInt(1, MOST_LINES);
        // A containerd that is killed has read at most one line of a slow one.
        this.millis = random.nextInt(victim.isContainerd() ? MOST_MILLIS : 1, 2 * MOST_MILLIS);
        this.code = random.nextInt(CODES);
        this.end = End.values()[Math.max(0, random.nextInt(-6, End.values().length))];
    }

    static Count any(
            ChaosKind kind,
            SplittableRandom random,
            Tally tally,
            Patience patience,
            Node node,
            Victim victim) {
        return new Count(kind, tally, patience, node, victim, random);
    }

    PodContainer create(Pod pod) {
        return kind.create(pod, lines, millis, code);
    }

    Count of(PodContainer started) {
        this.container = started;
        if (end == End.BY_ITSELF) {
            tally.expected(lines);
        }
        return this;
    }

    /** Limits that are in nobody's way. */
    static LinuxContainerResources shares(SplittableRandom random) {
        return LinuxContainerResources.newBuilder()
                .setCpuShares(random.nextInt(LEAST_SHARES, 2 * LEAST_SHARES))
                .build();
    }

    /** Changes its limits, and has it run a command; one that has ended may refuse that. */
    void disturb(SplittableRandom random) {
        var counting = started();
        var shares = shares(random);
        whileItRuns(() -> {
            counting.update(shares);
            tally.changed();
        });
        if (kind.runsCommands()) {
            String word = Integer.toString(random.nextInt(CODES));
            whileItRuns(() -> askForWord(counting, word));
        }
    }

    /**
     * A process ends with its container, and one whose start a daemon died at is told to have ended
     * without a code that is known.
     */
    private void askForWord(PodContainer counting, String word) {
        var answer = counting.run(Busybox.shell("echo " + word));
        if (answer.getExitCode() == 0) {
            assertThat(answer.getStdout().toStringUtf8()).isEqualTo(word + "\n");
            tally.command();
        } else {
            assertThat(answer.getExitCode()).isIn(KILLED, UNKNOWN);
            tally.commandThatEnded();
        }
    }

    /** The sandboxer knows of an end a moment before containerd says so. */
    private boolean endsSoon() {
        long deadline = System.nanoTime() + SOON.toNanos();
        while (patience.get(started()::isRunning)) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            pause();
        }
        return true;
    }

    private void whileItRuns(Runnable call) {
        try {
            patience.run(call);
        } catch (CriException e) {
            if (!endsSoon()) {
                throw e;
            }
            tally.refusedAtTheEnd();
        }
    }

    /** Waits for its end, and compares all that is known of it with what it should be. */
    void check() {
        var counting = started();
        switch (end) {
            case BY_ITSELF -> {}
            case STOPPED -> patience.run(() -> counting.stop(Duration.ofSeconds(60)));
            case KILLED -> patience.run(counting::kill);
        }
        int exitCode = codeOf(counting);
        List<Integer> printed = printed(counting);
        if (isRight(exitCode, printed)) {
            tally.container(kind, printed.size());
            if (end == End.BY_ITSELF) {
                tally.came(printed.size(), lines - printed.size());
            }
        } else {
            tally.loss(
                    "%s container %s, meant to count to %d in steps of %d ms and then exit with %d (%s): exit code %d, lines %s"
                            .formatted(
                                    kind,
                                    counting.id(),
                                    lines,
                                    millis,
                                    code,
                                    end,
                                    exitCode,
                                    printed));
        }
    }

    /**
     * A containerd that is killed between its delete of a task, which tells it the code, and the
     * note that it makes of that, knows of no code any more. Ours has it.
     */
    private int codeOf(PodContainer counting) {
        int exitCode = awaitExit(counting);
        if (exitCode != UNKNOWN || !victim.isContainerd()) {
            return exitCode;
        }
        OptionalInt told = kind.sandboxer(node).toldExitCode(counting.id());
        told.ifPresent(_ -> tally.codeLostByContainerd());
        return told.orElse(UNKNOWN);
    }

    private PodContainer started() {
        if (container == null) {
            throw new IllegalStateException("it was not started");
        }
        return container;
    }

    private int awaitExit(PodContainer counting) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            var status = patience.get(counting::status);
            if (status.getState() == ContainerState.CONTAINER_EXITED) {
                return status.getExitCode();
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError(
                        "container %s is %s after %s"
                                .formatted(counting.id(), status.getState(), LIMIT));
            }
            pause();
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static List<Integer> printed(PodContainer counting) {
        return counting.stdout().lines().map(Integer::valueOf).toList();
    }

    private boolean isRight(int exitCode, List<Integer> printed) {
        boolean whole = exitCode == code;
        boolean ended =
                switch (end) {
                    case BY_ITSELF -> false;
                    case STOPPED -> exitCode == TERMINATED;
                    case KILLED -> exitCode == KILLED;
                };
        int last = printed.isEmpty() ? 0 : printed.getLast();
        return ((whole && isAtItsEnd(last)) || ended) && isUnbroken(printed, last);
    }

    private boolean isAtItsEnd(int last) {
        if (last < lines && kind.losesItsEnd(victim)) {
            tally.lostUnread(lines - last);
            return true;
        }
        return last == lines;
    }

    /** Each number once and in order; what a containerd lost that was killed is counted apart. */
    private boolean isUnbroken(List<Integer> printed, int last) {
        int missing = last - printed.size();
        if (victim.isContainerd() && missing > 0 && isRising(printed)) {
            tally.lostByContainerd(missing);
            return true;
        }
        return printed.equals(IntStream.rangeClosed(1, last).boxed().toList());
    }

    private static boolean isRising(List<Integer> printed) {
        return IntStream.range(1, printed.size())
                .allMatch(i -> printed.get(i - 1) < printed.get(i));
    }
}
