// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

/**
 * A run for each victim, with pods of every kind that is there: a short one with all tests, a long
 * one by {@code make chaos}. It prints its seed and what it has seen; {@code -Dsilica.seed=N}
 * repeats what is random in it, though not the instants at which a machine does something.
 */
final class ChaosTest {
    private static final int KILLS = Integer.getInteger("silica.chaos.kills", 5);

    @OnEveryContainerd
    void nothingIsLostHoweverTheSandboxerDies(Node node) throws InterruptedException {
        run(node, Victim.SANDBOXER, KILLS);
    }

    @OnEveryContainerd
    void nothingIsLostHoweverOftenContainerdIsKilled(Node node) throws InterruptedException {
        run(node, Victim.CONTAINERD, fewer());
    }

    @OnEveryContainerd
    void nothingIsLostWhenBothAreKilledAtOnce(Node node) throws InterruptedException {
        run(node, Victim.BOTH, fewer());
    }

    /** A containerd takes its time to come back. */
    private static int fewer() {
        return Math.max(1, KILLS / 4);
    }

    private static void run(Node node, Victim victim, int kills) throws InterruptedException {
        long seed = Long.getLong("silica.seed", System.nanoTime());
        var kinds = ChaosKind.present();
        var tally = new Chaos(node, victim, kinds, seed).run(kills);
        System.out.printf(
                "==== chaos on containerd %s, kinds %s, victim %s, seed %d%n%s%n",
                node.build().version(), kinds, victim, seed, tally.summary());
        tally.assertNothingLost();
    }
}
