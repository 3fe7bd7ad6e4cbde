// SPDX-License-Identifier: Apache-2.0
package io.silica.server.fake;

import io.silica.sandbox.SandboxException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes named steps fail once, or stand still until they are let go. */
public final class Faults {
    private final Map<String, SandboxException> failures = new ConcurrentHashMap<>();
    private final Map<String, CountDownLatch> gates = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> waiting = new ConcurrentHashMap<>();

    /** The next pass of this step throws. */
    public void failNext(String step, SandboxException failure) {
        failures.put(step, failure);
    }

    /** Every pass of this step waits from now on. */
    public void hold(String step) {
        gates.put(step, new CountDownLatch(1));
    }

    /** Lets go what waits at this step, and what comes there later. */
    public void release(String step) {
        CountDownLatch gate = gates.remove(step);
        if (gate != null) {
            gate.countDown();
        }
    }

    /** How many stand still at this step. */
    public int waiting(String step) {
        return counter(step).get();
    }

    void pass(String step) {
        CountDownLatch gate = gates.get(step);
        if (gate != null) {
            counter(step).incrementAndGet();
            await(gate);
            counter(step).decrementAndGet();
        }
        SandboxException failure = failures.remove(step);
        if (failure != null) {
            throw failure;
        }
    }

    private AtomicInteger counter(String step) {
        return waiting.computeIfAbsent(step, _ -> new AtomicInteger());
    }

    private static void await(CountDownLatch gate) {
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException.Cancelled("interrupted at a gate");
        }
    }
}
