// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UndoTest {
    private final List<String> undone = new ArrayList<>();

    @Test
    void whatFailedIsUndoneInReverse() {
        assertThatThrownBy(
                        () -> {
                            try (var undo = new Undo()) {
                                undo.add(() -> undone.add("first"));
                                undo.owns((AutoCloseable) () -> undone.add("second"));
                                throw new IOException("third");
                            }
                        })
                .hasMessage("third");
        assertThat(undone).containsExactly("second", "first");
    }

    @Test
    void whatSucceededIsKept() {
        try (var undo = new Undo()) {
            undo.add(() -> undone.add("first"));
            undo.keep();
        }
        assertThat(undone).isEmpty();
    }

    @Test
    void everyStepIsTriedAndEveryFailureTold() {
        var undo = new Undo();
        undo.add(() -> undone.add("first"));
        undo.add(() -> {
            throw new IOException("second");
        });
        undo.add(() -> {
            throw new IOException("third");
        });
        assertThatThrownBy(undo::close)
                .isInstanceOf(SandboxException.Failed.class)
                .hasMessageContaining("third")
                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
        assertThat(undone).containsExactly("first");
    }
}
