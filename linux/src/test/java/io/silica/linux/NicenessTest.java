// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class NicenessTest {
    /** The fields of stat that come after the name begin with the third (proc(5)). */
    private static final int NICE = 19 - 3;

    @Test
    void aThreadBecomesAsNiceAsItAsksForAndNoOtherDoes() throws Exception {
        int before = nice();
        var inside = new CompletableFuture<Integer>();
        Thread.ofPlatform()
                .start(() -> {
                    Niceness.ofThisThread(Niceness.MOST);
                    inside.complete(nice());
                })
                .join();
        assertThat(inside.join()).isEqualTo(Niceness.MOST);
        assertThat(nice()).isEqualTo(before);
    }

    @Test
    void aThreadIsMadeNiceByAnotherAndKnowsIt() throws Exception {
        var thread = new CompletableFuture<Integer>();
        var told = new CountDownLatch(1);
        var inside = new CompletableFuture<Integer>();
        var other =
                Thread.ofPlatform()
                        .start(() -> {
                            thread.complete(Niceness.thisThread());
                            await(told);
                            inside.complete(Niceness.ofThisThread());
                        });
        Niceness.ofThread(thread.join(), 9);
        told.countDown();
        other.join();
        assertThat(inside.join()).isEqualTo(9);
        assertThat(Niceness.ofThisThread()).isEqualTo(nice());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static int nice() {
        try {
            var stat = Files.readString(Path.of("/proc/thread-self/stat"));
            return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[NICE]);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
