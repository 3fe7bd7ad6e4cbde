// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Pods come and go on a node while one of its daemons, or both, die again and again: at random
 * instants, and at each place of a request that has a failpoint. All that is random follows from a
 * seed.
 */
final class Chaos {
    private static final int CUSTOMERS = 4;

    /** A customer looks up at the end of a pod; its containers have a limit of their own. */
    private static final Duration CUSTOMERS_END_WITHIN = Duration.ofMinutes(4);

    private static final Duration REACHED_WITHIN = Duration.ofSeconds(3);
    private static final int LONGEST_PAUSE_MILLIS = 1200;

    /** A run of so many deaths begins with a daemon that stands still for long. */
    private static final int LONG = 100;

    private static final Duration STANDSTILL = Duration.ofMinutes(1);

    private static final List<String> FAILPOINTS =
            List.of(
                    "sandbox.create.before",
                    "sandbox.create.reserved",
                    "sandbox.create.prepared",
                    "sandbox.create.done",
                    "sandbox.create.noted",
                    "sandbox.start.before",
                    "sandbox.start.done",
                    "sandbox.start.noted",
                    "sandbox.stop.before",
                    "sandbox.stop.done",
                    "sandbox.shutdown.before",
                    "sandbox.shutdown.closed",
                    "sandbox.shutdown.noted",
                    "sandbox.shutdown.released",
                    "task.create.before",
                    "task.create.reserved",
                    "task.create.mounted",
                    "task.create.done",
                    "task.create.noted",
                    "task.start.before",
                    "task.start.done",
                    "task.start.noted",
                    "task.kill.before",
                    "task.kill.done",
                    "task.delete.before",
                    "task.delete.ended",
                    "task.delete.done",
                    "task.delete.noted",
                    "task.delete.released");

    private final Node node;
    private final Victim victim;
    private final SplittableRandom random;
    private final Tally tally = new Tally();
    private volatile boolean ending;
    private int nextFailpoint;

    Chaos(Node node, Victim victim, long seed) {
        this.node = node;
        this.victim = victim;
        this.random = new SplittableRandom(seed);
        this.nextFailpoint = random.nextInt(FAILPOINTS.size());
    }

    /** Kills so often while pods come and go, then lets the last of them end. */
    Tally run(int kills) throws InterruptedException {
        try (var customers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CUSTOMERS; i++) {
                customers.execute(new Customer(node, victim, random.split(), tally, () -> !ending));
            }
            try {
                if (kills >= LONG && victim == Victim.SANDBOXER) {
                    standStill(STANDSTILL);
                }
                while (tally.deaths() < kills) {
                    strike();
                }
                tally.awaitFirstContainer(CUSTOMERS_END_WITHIN);
            } finally {
                ending = true;
                end(customers);
            }
        }
        return tally;
    }

    private void end(ExecutorService customers) throws InterruptedException {
        customers.shutdown();
        if (!customers.awaitTermination(CUSTOMERS_END_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
            tally.loss("a customer does not come to an end");
            customers.shutdownNow();
        }
        var patience = new Patience(tally);
        // What a RunPodSandbox that failed has left: a kubelet collects it the same way.
        patience.run(() -> Leftovers.removePods(node.cri()));
        if (victim.isContainerd()) {
            // It keeps the connection of a task that it could not load for as long as it lives.
            node.containerd().terminate();
            node.containerd().start();
        }
    }

    private void strike() throws InterruptedException {
        switch (victim) {
            case SANDBOXER -> strikeSandboxer();
            case CONTAINERD -> {
                pause();
                tally.death("containerd");
                node.containerd().kill();
                node.containerd().start();
            }
            case BOTH -> {
                pause();
                tally.death("both");
                node.containerd().kill();
                var _ = node.sandboxer().killed();
                node.containerd().start();
            }
        }
    }

    private void strikeSandboxer() throws InterruptedException {
        switch (random.nextInt(8)) {
            case 0 -> standStill(Duration.ofMillis(random.nextInt(LONGEST_PAUSE_MILLIS)));
            case 1 -> {
                // Perhaps before it is ready.
                pause();
                tally.death("at random");
                var _ = node.sandboxer().killed();
            }
            case 2, 3, 4 -> {
                live();
                tally.death("at random");
                var _ = node.sandboxer().killed();
            }
            default -> dieAt(FAILPOINTS.get(nextFailpoint++ % FAILPOINTS.size()));
        }
    }

    private void pause() throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(random.nextInt(LONGEST_PAUSE_MILLIS));
    }

    /** A daemon that died as soon as it was ready would never come to do anything. */
    private void live() throws InterruptedException {
        node.sandboxer().awaitReady();
        pause();
    }

    private void standStill(Duration time) throws InterruptedException {
        tally.death("stopped for a while");
        node.sandboxer().signal("STOP");
        TimeUnit.NANOSECONDS.sleep(time.toNanos());
        node.sandboxer().signal("CONT");
    }

    /** The next life dies by itself at a place, if anything gets there. */
    private void dieAt(String failpoint) throws InterruptedException {
        live();
        node.sandboxer().armNextLife(failpoint + "=kill");
        tally.death("at random");
        long next = node.sandboxer().awaitOtherThan(node.sandboxer().killed());
        if (node.sandboxer().awaitEnd(next, REACHED_WITHIN)) {
            tally.death("at " + failpoint);
        }
    }
}
