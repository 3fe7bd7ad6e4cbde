// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.worker;

import io.silica.sandbox.Signal;

/** Why a guest is ended from outside. */
sealed interface Interruption {
    /** Somebody has sent it a signal. */
    record BySignal(Signal signal) implements Interruption {}

    /** It has run for as long as it may. */
    record ByDeadline() implements Interruption {}
}
