// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.cri;

import io.silica.ctl.cri.CriClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Pods of one handler whose containers sleep, made and removed many at a time. */
final class ManyPods {
    /** More than the kernel lets one user watch by inotify are never under way. */
    private static final int AT_ONCE = 50;

    private final CriClient cri;
    private final Handler handler;
    private final Path logs;
    private final List<PodLife> pods = new ArrayList<>();

    ManyPods(CriClient cri, Handler handler, Path logs) {
        this.cri = cri;
        this.handler = handler.sleeping();
        this.logs = logs;
    }

    int size() {
        return pods.size();
    }

    /** Begins so many at the same time; how long it took until the last one had said its line. */
    Duration begin(int count) throws IOException, InterruptedException {
        var added = new ArrayList<PodLife>();
        for (int i = 0; i < count; i++) {
            var name = "%s-many-%d".formatted(handler.name(), pods.size() + i);
            added.add(new PodLife(cri, handler, name, logs));
        }
        long begun = System.nanoTime();
        each(added, PodLife::begin);
        var time = Duration.ofNanos(System.nanoTime() - begun);
        pods.addAll(added);
        return time;
    }

    /** Adds pods until there are so many. */
    void grow(int wanted) throws IOException, InterruptedException {
        while (pods.size() < wanted) {
            var _ = begin(Math.min(AT_ONCE, wanted - pods.size()));
        }
    }

    /** Removes all of them. */
    void end() throws IOException, InterruptedException {
        each(pods, PodLife::end);
        pods.clear();
    }

    /**
     * Something that is done with a pod.
     *
     * @param <T> what a pod is
     */
    interface Work<T> {
        void with(T pod) throws IOException, InterruptedException;
    }

    /** Does it with all of them at once. */
    static <T> void each(List<T> pods, Work<T> work) throws IOException, InterruptedException {
        try (var threads = Executors.newFixedThreadPool(AT_ONCE)) {
            var done = new ArrayList<Future<Boolean>>();
            for (var pod : pods) {
                Callable<Boolean> one =
                        () -> {
                            work.with(pod);
                            return true;
                        };
                done.add(threads.submit(one));
            }
            for (var one : done) {
                var _ = one.get();
            }
        } catch (ExecutionException e) {
            throw new IOException("a pod of " + pods.size() + " failed", e.getCause());
        }
    }
}
