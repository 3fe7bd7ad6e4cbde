// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Pods of several kinds come and go on a node while one of its daemons, or all, die again and
 * again: at random instants, and at each place of a request that has a failpoint. All that is
 * random follows from a seed.
 */
final class Chaos {
    private static final int CUSTOMERS = 4;

    /** A customer looks up at the end of a pod; its containers have a limit of their own. */
    private static final Duration CUSTOMERS_END_WITHIN = Duration.ofMinutes(4);

    private static final Duration REACHED_WITHIN = Duration.ofSeconds(3);
    private static final int LONGEST_PAUSE_MILLIS = 1200;

    /** A run of so many deaths begins with a daemon that stands still for long. */
    private static final int LONG = 100;

    /** A place is reached when a customer's pod is of that kind and comes by. */
    private static final int TRIES_AT_A_PLACE = 6;

    private static final Duration SURELY_REACHED_WITHIN = Duration.ofSeconds(15);

    private static final Duration STANDSTILL = Duration.ofMinutes(1);

    private final Node node;
    private final Victim victim;
    private final List<ChaosKind> kinds;
    private final SplittableRandom random;
    private final Tally tally;
    private final List<Place> places;
    private volatile boolean ending;
    private int nextPlace;

    /** Where the daemon of a kind can be made to die. */
    private record Place(ChaosKind kind, String failpoint) {
        boolean isOfUpdate() {
            return failpoint.startsWith("sandbox.update.");
        }

        boolean isPassedByEveryPod() {
            return failpoint.matches("(sandbox|task)[.](create|start)[.].*");
        }

        String killing() {
            return failpoint + "=kill";
        }

        @Override
        public String toString() {
            return kind + " at " + failpoint;
        }
    }

    /**
     * @param kinds of the pods; a sandboxer that dies is that of any
     */
    Chaos(Node node, Victim victim, List<ChaosKind> kinds, long seed) {
        this.node = node;
        this.victim = victim;
        this.kinds = List.copyOf(kinds);
        this.random = new SplittableRandom(seed);
        this.tally = new Tally(kinds, CUSTOMERS * Customer.MOST_CONTAINERS);
        this.places =
                kinds.stream()
                        .flatMap(kind -> kind.failpoints().stream().map(it -> new Place(kind, it)))
                        .filter(it -> node.build().updatesPods() || !it.isOfUpdate())
                        .toList();
        this.nextPlace = random.nextInt(places.size());
    }

    /** Kills so often while pods come and go, then lets the last of them end. */
    Tally run(int kills) throws InterruptedException {
        kinds.forEach(kind -> kind.begin(node));
        try (var customers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CUSTOMERS; i++) {
                customers.execute(
                        new Customer(node, victim, kinds, random.split(), tally, () -> !ending));
            }
            try {
                if (kills >= LONG && victim == Victim.SANDBOXER) {
                    for (var kind : kinds) {
                        standStill(kind, STANDSTILL);
                    }
                }
                while (tally.deaths() < kills) {
                    strike(kills >= LONG);
                }
                tally.awaitFirstContainers(CUSTOMERS_END_WITHIN);
                if (victim == Victim.SANDBOXER) {
                    dieAtEach(kills >= LONG ? places : List.of(placeOfEveryPod()));
                }
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
        for (var kind : kinds) {
            kind.sandboxer(node).awaitReady();
            look(kind.sandboxer(node));
        }
        var patience = new Patience(tally::repeated);
        // What a RunPodSandbox that failed has left: a kubelet collects it the same way.
        patience.run(() -> Leftovers.removePods(node.cri()));
        if (victim.isContainerd()) {
            // It keeps the connection of a task that it could not load for as long as it lives.
            node.containerd().terminate();
            node.containerd().start();
        }
    }

    /**
     * @param everywhere a daemon that dies with containerd may die again: two starts from the
     *     beginning have to be over within the five seconds for which a containerd that is started
     *     waits, which no short run should be about
     */
    private void strike(boolean everywhere) throws InterruptedException {
        switch (victim) {
            case SANDBOXER -> strikeSandboxer(kinds.get(random.nextInt(kinds.size())));
            case CONTAINERD -> {
                pause();
                tally.death("containerd");
                node.containerd().kill();
                node.containerd().start();
            }
            case BOTH -> {
                pause();
                if (everywhere && random.nextBoolean()) {
                    strikeBoth(nextPlace());
                } else {
                    var _ = killBoth(kinds.getFirst());
                    node.containerd().start();
                }
            }
        }
    }

    /** The next life of one sandboxer dies again, at a place, when containerd asks for its pods. */
    private void strikeBoth(Place place) throws InterruptedException {
        var sandboxer = place.kind().sandboxer(node);
        sandboxer.armNextLife(place.killing());
        long next = sandboxer.awaitOtherThan(killBoth(place.kind()));
        node.containerd().start();
        countIfItDies(place, next, REACHED_WITHIN);
    }

    /** The id of the process of one of them is of interest. */
    private long killBoth(ChaosKind kind) {
        tally.death("both");
        boolean sandboxersFirst = random.nextBoolean();
        if (!sandboxersFirst) {
            node.containerd().kill();
        }
        long killed = killed(kind);
        kinds.stream().filter(it -> it != kind).forEach(this::killed);
        if (sandboxersFirst) {
            node.containerd().kill();
        }
        return killed;
    }

    private long killed(ChaosKind kind) {
        look(kind.sandboxer(node));
        return kind.sandboxer(node).killed();
    }

    private void strikeSandboxer(ChaosKind kind) throws InterruptedException {
        var sandboxer = kind.sandboxer(node);
        switch (random.nextInt(8)) {
            case 0 -> standStill(kind, Duration.ofMillis(random.nextInt(LONGEST_PAUSE_MILLIS)));
            case 1 -> {
                // Perhaps before it is ready.
                pause();
                died(kind, "at random");
                var _ = killed(kind);
            }
            case 2, 3, 4 -> {
                live(sandboxer);
                died(kind, "at random");
                var _ = sandboxer.killed();
            }
            default -> dieAt(nextPlace(), REACHED_WITHIN);
        }
    }

    private void pause() throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(random.nextInt(LONGEST_PAUSE_MILLIS));
    }

    /** A daemon that died as soon as it was ready would never come to do anything. */
    private void live(Sandboxer sandboxer) throws InterruptedException {
        sandboxer.awaitReady();
        pause();
        look(sandboxer);
    }

    /** One that is not ready yet, or dies just now, has told nothing. */
    private void look(Sandboxer sandboxer) {
        sandboxer.losses().ifPresent(tally::looked);
    }

    private void standStill(ChaosKind kind, Duration time) throws InterruptedException {
        died(kind, "stopped for a while");
        kind.sandboxer(node).signal("STOP");
        TimeUnit.NANOSECONDS.sleep(time.toNanos());
        kind.sandboxer(node).signal("CONT");
    }

    /** The next life dies by itself at a place, if anything gets there in time. */
    private void dieAt(Place place, Duration limit) throws InterruptedException {
        var sandboxer = place.kind().sandboxer(node);
        live(sandboxer);
        sandboxer.armNextLife(place.killing());
        died(place.kind(), "at random");
        countIfItDies(place, sandboxer.awaitOtherThan(sandboxer.killed()), limit);
    }

    private void countIfItDies(Place place, long life, Duration limit) throws InterruptedException {
        if (place.kind().sandboxer(node).awaitEnd(life, limit)) {
            tally.death(place.toString());
        }
    }

    private Place nextPlace() {
        return places.get(nextPlace++ % places.size());
    }

    private Place placeOfEveryPod() {
        var passed = places.stream().filter(Place::isPassedByEveryPod).toList();
        return passed.get(random.nextInt(passed.size()));
    }

    private void dieAtEach(List<Place> wanted) throws InterruptedException {
        for (var place : wanted) {
            dieOnceAt(place);
        }
    }

    /** That nobody ever dies at a place is a loss. */
    private void dieOnceAt(Place place) throws InterruptedException {
        for (int i = 0; i < TRIES_AT_A_PLACE && !tally.hasDied(place.toString()); i++) {
            dieAt(place, SURELY_REACHED_WITHIN);
        }
        if (!tally.hasDied(place.toString())) {
            tally.loss("nobody died: " + place);
        }
    }

    private void died(ChaosKind kind, String how) {
        tally.death(kind + " " + how);
    }
}
