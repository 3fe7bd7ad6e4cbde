// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import io.silica.ctl.cri.CriException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/**
 * Has one pod after the other on a node, as a kubelet has them, and checks what becomes of each.
 */
final class Customer implements Runnable {
    /** Of a pod, and so of a customer at any time. */
    static final int MOST_CONTAINERS = 3;

    private final String name = UUID.randomUUID().toString();
    private final Node node;
    private final Victim victim;
    private final List<ChaosKind> kinds;
    private final SplittableRandom random;
    private final Tally tally;
    private final Patience patience;
    private final BooleanSupplier goesOn;

    Customer(
            Node node,
            Victim victim,
            List<ChaosKind> kinds,
            SplittableRandom random,
            Tally tally,
            BooleanSupplier goesOn) {
        this.node = node;
        this.victim = victim;
        this.kinds = kinds;
        this.random = random;
        this.tally = tally;
        this.patience = new Patience(tally::repeated);
        this.goesOn = goesOn;
    }

    @Override
    public void run() {
        while (goesOn.getAsBoolean()) {
            try {
                onePod();
            } catch (RuntimeException | AssertionError e) {
                tally.loss(String.valueOf(e));
            }
        }
    }

    private void onePod() {
        var kind = kinds.get(random.nextInt(kinds.size()));
        Pod pod = patience.get(() -> run(kind));
        var counts = new ArrayList<Count>();
        for (int i = random.nextInt(MOST_CONTAINERS); i >= 0; i--) {
            start(kind, pod, counts);
        }
        if (random.nextBoolean()) {
            change(pod);
            counts.forEach(count -> count.disturb(random));
        }
        counts.forEach(Count::check);
        patience.run(pod::stop);
        patience.run(pod::remove);
    }

    /**
     * What a RunPodSandbox that got no answer has left is removed first, as by a kubelet: nobody
     * else does it, and with each of containerd's deaths the node would have more to do.
     */
    private Pod run(ChaosKind kind) {
        Pod.removeOf(name, node.cri());
        return kind.run(node, victim, random, name);
    }

    private void change(Pod pod) {
        if (node.build().updatesPods()) {
            var shares = Count.shares(random);
            patience.run(() -> pod.update(shares));
            tally.changed();
        }
    }

    /**
     * A containerd that is killed while it makes or starts a container gives that up itself: nobody
     * can know what it had done.
     */
    private void start(ChaosKind kind, Pod pod, List<Count> counts) {
        var count = Count.any(kind, random, tally, patience, node, victim);
        try {
            var container = patience.get(() -> count.create(pod));
            container.start();
            counts.add(count.of(container));
        } catch (CriException e) {
            if (!victim.isContainerd()) {
                throw e;
            }
            tally.forsaken();
        }
    }
}
