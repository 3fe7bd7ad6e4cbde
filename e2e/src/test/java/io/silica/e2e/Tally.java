// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import static java.util.stream.Collectors.toUnmodifiableMap;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** What a run of chaos has seen. Any thread may count. */
final class Tally {
    private final Map<String, Integer> deaths = new TreeMap<>();
    private final Map<ChaosKind, Integer> containers = new TreeMap<>();
    private final AtomicLong lines = new AtomicLong();
    private final AtomicLong expected = new AtomicLong();
    private final AtomicLong came = new AtomicLong();
    private final AtomicLong missed = new AtomicLong();
    private final AtomicLong looks = new AtomicLong();
    private final AtomicLong changed = new AtomicLong();
    private final AtomicLong commands = new AtomicLong();
    private final AtomicLong commandsThatEnded = new AtomicLong();
    private final AtomicLong refusedAtTheEnd = new AtomicLong();
    private final AtomicLong repeated = new AtomicLong();
    private final AtomicLong lostByContainerd = new AtomicLong();
    private final AtomicLong codesLostByContainerd = new AtomicLong();
    private final AtomicLong lostUnread = new AtomicLong();
    private final AtomicLong forsaken = new AtomicLong();
    private final int atOnce;
    private final Map<ChaosKind, CountDownLatch> first;
    private final ConcurrentLinkedQueue<String> losses = new ConcurrentLinkedQueue<>();

    /**
     * @param kinds of what can be counted
     * @param atOnce how many containers there are at any time, at most
     */
    Tally(List<ChaosKind> kinds, int atOnce) {
        this.atOnce = atOnce;
        first = kinds.stream().collect(toUnmodifiableMap(it -> it, _ -> new CountDownLatch(1)));
    }

    /** Somebody died, or stood still, in this way. */
    synchronized void death(String how) {
        deaths.merge(how, 1, Integer::sum);
    }

    /** Whether somebody died in this way. */
    synchronized boolean hasDied(String how) {
        return deaths.containsKey(how);
    }

    synchronized int deaths() {
        return deaths.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** A container ended as it should, after so many lines. */
    synchronized void container(ChaosKind kind, long printed) {
        containers.merge(kind, 1, Integer::sum);
        lines.addAndGet(printed);
        counted(kind).countDown();
    }

    /** A container was started that is to print so many lines and then ends by itself. */
    void expected(long count) {
        expected.addAndGet(count);
    }

    /**
     * One of those has ended as it should.
     *
     * @param count of the lines in its log
     * @param missing those that a containerd took with it, which are counted apart
     */
    void came(long count, long missing) {
        came.addAndGet(count);
        missed.addAndGet(missing);
    }

    /** A daemon was asked for what it has lost; anything is a loss. */
    void looked(List<String> told) {
        looks.incrementAndGet();
        told.forEach(this::loss);
    }

    /** The limits of a pod or a container were changed. */
    void changed() {
        changed.incrementAndGet();
    }

    /** A command that ran in a container printed what it should. */
    void command() {
        commands.incrementAndGet();
    }

    /** A command ended with its container, or its start is not known to have come to anything. */
    void commandThatEnded() {
        commandsThatEnded.incrementAndGet();
    }

    /** A change or a command was refused, and its container has ended. */
    void refusedAtTheEnd() {
        refusedAtTheEnd.incrementAndGet();
    }

    private CountDownLatch counted(ChaosKind kind) {
        return Objects.requireNonNull(first.get(kind));
    }

    /**
     * Waits until one container of each kind at least has ended as it should; that none does is a
     * loss.
     */
    void awaitFirstContainers(Duration patience) throws InterruptedException {
        for (var kind : first.keySet()) {
            if (!counted(kind).await(patience.toSeconds(), TimeUnit.SECONDS)) {
                loss("no container of %s came to its end within %s".formatted(kind, patience));
            }
        }
    }

    /** A call to containerd was made again because it, or who it asked, was not there. */
    void repeated() {
        repeated.incrementAndGet();
    }

    /** Lines that a containerd had read when it was killed. */
    void lostByContainerd(long count) {
        lostByContainerd.addAndGet(count);
    }

    /** Lines that nobody had read when their container ended, because containerd was away. */
    void lostUnread(long count) {
        lostUnread.addAndGet(count);
    }

    /** An exit code that a containerd had been told when it was killed. */
    void codeLostByContainerd() {
        codesLostByContainerd.incrementAndGet();
    }

    /** A container that containerd was making or starting when it was killed: it gives it up. */
    void forsaken() {
        forsaken.incrementAndGet();
    }

    /** What must not be. */
    void loss(String what) {
        losses.add(what);
    }

    /** Fails unless there was something to lose and nothing was lost. */
    void assertNothingLost() {
        assertThat(List.copyOf(losses)).as(summary()).isEmpty();
        assertThat(lines.get()).as("lines").isPositive();
        assertThat(expected.get()).as("lines that were expected").isPositive();
        assertThat(came.get() + missed.get()).as("of these").isEqualTo(expected.get());
        assertThat(missed.get())
                .as("those that containerd took with it")
                .isLessThanOrEqualTo(lostUnread.get() + lostByContainerd.get());
        assertThat(looks.get()).as("looks at the counters of losses").isPositive();
        assertContainerdLosesNoMoreThanItMust();
    }

    /**
     * With each of its lives it loses what it was at with each container, at most: one call that
     * makes it, its code, a line of its output.
     */
    private synchronized void assertContainerdLosesNoMoreThanItMust() {
        long most = (long) atOnce * deaths.getOrDefault("containerd", 0);
        most += (long) atOnce * deaths.getOrDefault("both", 0);
        assertThat(forsaken.get()).as(summary()).isLessThanOrEqualTo(most);
        assertThat(codesLostByContainerd.get()).as(summary()).isLessThanOrEqualTo(most);
        assertThat(lostByContainerd.get()).as(summary()).isLessThanOrEqualTo(most);
        // Most of what there was has come through.
        long whole = containers.values().stream().mapToLong(Integer::longValue).sum();
        assertThat(codesLostByContainerd.get()).as(summary()).isLessThan(whole);
    }

    /** For a person, in a few lines. */
    synchronized String summary() {
        return """
        deaths %d: %s
        containers %s, their lines %d, each once and in order; %d expected of those that ended by themselves, %d came
        limits changed on the way: %d, commands run: %d, and ended before they could: %d; refused at a container's end: %d
        daemons asked for lost journals, dropped events and connections that nobody keeps: %d times
        lost or wrong, in their counters or in what came: %d
        calls repeated by the client: %d
        lines that nobody had read when their container ended without a containerd: %d
        containerd's own: %d lines that it had read, %d exit codes that it had been told, %d containers that it was making\
        """
                .formatted(
                        deaths.values().stream().mapToInt(Integer::intValue).sum(),
                        deaths,
                        containers,
                        lines.get(),
                        expected.get(),
                        came.get(),
                        changed.get(),
                        commands.get(),
                        commandsThatEnded.get(),
                        refusedAtTheEnd.get(),
                        looks.get(),
                        losses.size(),
                        repeated.get(),
                        lostUnread.get(),
                        lostByContainerd.get(),
                        codesLostByContainerd.get(),
                        forsaken.get());
    }
}
