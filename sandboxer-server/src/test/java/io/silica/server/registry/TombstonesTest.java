// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.ExitStatus;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TombstonesTest {
    private static final ContainerId C1 = new ContainerId("c1");

    private final Tombstones tombstones = new Tombstones();

    @Test
    void aContainerAndItsProcessesAreFoundByTheirIds() {
        tombstones.add(of("c1", "e1", 1));
        tombstones.add(of("c1", "", 2));
        assertThat(code("c1", "e1")).contains(1);
        assertThat(code("c1", "")).contains(2);
        assertThat(code("c1", "e2")).isEmpty();
        assertThat(code("c2", "")).isEmpty();
    }

    @Test
    void theLatestOfAnIdCounts() {
        tombstones.add(of("c1", "", 1));
        tombstones.add(of("c1", "", 2));
        assertThat(code("c1", "")).contains(2);
    }

    @Test
    void anIdThatIsUsedAnewHasNone() {
        tombstones.add(of("c1", "e1", 1));
        tombstones.add(of("c1", "", 2));
        tombstones.add(of("c2", "", 3));
        tombstones.forget(C1);
        assertThat(tombstones.all()).containsExactly(of("c2", "", 3));
    }

    @Test
    void theOldestGiveWay() {
        for (int i = 0; i <= Tombstones.KEPT; i++) {
            tombstones.add(of("c" + i, "", 0));
        }
        assertThat(tombstones.all()).hasSize(Tombstones.KEPT);
        assertThat(tombstones.all().getFirst()).isEqualTo(of("c1", "", 0));
        assertThat(code("c0", "")).isEmpty();
    }

    private Optional<Integer> code(String container, String exec) {
        return tombstones.find(new ContainerId(container), exec(exec)).map(it -> it.exit().code());
    }

    private static Tombstone of(String container, String exec, int code) {
        return new Tombstone(
                new ContainerId(container), exec(exec), 7, new ExitStatus(code, Instant.EPOCH));
    }

    private static Optional<ExecId> exec(String id) {
        return id.isEmpty() ? Optional.empty() : Optional.of(new ExecId(id));
    }
}
