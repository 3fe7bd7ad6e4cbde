// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.endive;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.silica.wasm.engine.HostileModules;
import io.silica.wasm.engine.ModuleException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CodeLimitsTest {
    private static final int MOST = 50_000;

    @Test
    void theLocalsOfAFunctionAreCountedOverAllOfItsGroups() {
        assertTooLarge(HostileModules.locals(1, MOST + 1), MOST + 1 + " locals in a function");
        assertTooLarge(HostileModules.locals(2, 30_000), "60000 locals in a function");
        assertTooLarge(HostileModules.locals(260_000, MOST), "100000 locals in a function");
        assertTooLarge(HostileModules.localReferenceAnd(MOST), MOST + 1 + " locals in a function");
        assertThatCode(() -> CodeLimits.check(HostileModules.locals(2, MOST / 2)))
                .doesNotThrowAnyException();
    }

    @Test
    void theLocalsOfAllFunctionsAreCountedTogether() {
        assertTooLarge(
                HostileModules.localsOf(101, MOST), "5050000 locals in its functions together");
        assertThatCode(() -> CodeLimits.check(HostileModules.localsOf(100, MOST)))
                .doesNotThrowAnyException();
    }

    @Test
    void whatSaysThatMoreFollowsThanItHasBytesForIsMalformed() {
        assertMalformed(HostileModules.localsBehindTheirFunction(), "groups of locals");
        assertMalformed(HostileModules.claims(3, 100_000), "100000 functions");
        assertMalformed(HostileModules.claims(9, 1_000_000), "1000000 segments of elements");
        assertMalformed(HostileModules.claims(10, 2), "2 functions");
    }

    @Test
    void elementsAreCountedInWhateverSegmentTheyAre() {
        for (var head :
                List.of(
                        new byte[] {0, 0x41, 0x7f, 0x0b},
                        new byte[] {0, 0x42, (byte) 0x80, 0x01, 0x23, 0, 0x7c, 0x0b},
                        new byte[] {1, 0},
                        new byte[] {2, 0, 0x41, 0, 0x0b, 0},
                        new byte[] {3, 0},
                        new byte[] {5, 0x63, 0x70},
                        new byte[] {6, 0, 0x41, 0, 0x0b, 0x70})) {
            assertMalformed(HostileModules.elements(head, 1_000_000), "1000000 elements in");
        }
        for (var head : List.of(new byte[] {0, 0x41, 0, 0x0b}, new byte[] {1, 0})) {
            assertThatCode(() -> CodeLimits.check(HostileModules.elements(head, 1)))
                    .doesNotThrowAnyException();
        }
        assertMalformed(
                HostileModules.elements(new byte[] {0, 0x01, 0x0b}, 1), "the instruction 0x1");
        assertMalformed(HostileModules.elements(new byte[] {4, 0x41}, 1), "an expression");
    }

    private static void assertTooLarge(byte[] module, String what) {
        assertThatExceptionOfType(ModuleException.TooLarge.class)
                .isThrownBy(() -> CodeLimits.check(module))
                .withMessageContaining("it has " + what + " and the limit is");
    }

    private static void assertMalformed(byte[] module, String what) {
        assertThatExceptionOfType(ModuleException.Invalid.class)
                .isThrownBy(() -> CodeLimits.check(module))
                .withMessageContaining(what);
    }
}
