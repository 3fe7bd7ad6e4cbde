// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
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

    private static int nice() {
        try {
            var stat = Files.readString(Path.of("/proc/thread-self/stat"));
            return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[NICE]);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
