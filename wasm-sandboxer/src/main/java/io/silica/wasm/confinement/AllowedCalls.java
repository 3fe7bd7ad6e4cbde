// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.confinement;

import static io.silica.linux.KernelCall.CLONE;
import static io.silica.linux.KernelCall.CLONE3;
import static io.silica.linux.KernelCall.IOCTL;
import static io.silica.linux.KernelCall.PRCTL;

import io.silica.linux.KernelCall;
import io.silica.linux.SyscallFilter;
import io.silica.linux.SyscallFilter.Condition;
import java.util.EnumSet;
import java.util.List;

/**
 * The system calls that a JVM needs which serves on sockets that it was handed, and no others: it
 * makes no socket, no process and no namespace, mounts nothing and looks into no process.
 */
final class AllowedCalls {
    private static final int CLONE_THREAD = 0x1_0000;

    /** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET. */
    private static final int CLONE_NEW = 0x7E02_0000;

    /** Requests of ioctl: TCGETS, FIONBIO, FIONREAD, FIONCLEX, FIOCLEX. */
    private static final Integer[] REQUESTS = {0x5401, 0x5421, 0x541B, 0x5450, 0x5451};

    /**
     * PR_GET_DUMPABLE, SET_NAME, GET_NAME, SET_TIMERSLACK, SET_THP_DISABLE, GET_THP_DISABLE,
     * SET_VMA: names, and how memory is used.
     */
    private static final Integer[] OPTIONS = {3, 15, 16, 29, 41, 42, 0x5356_4D41};

    private AllowedCalls() {}

    static SyscallFilter filter() {
        var conditions =
                List.of(
                        new Condition(CLONE, 0, CLONE_THREAD | CLONE_NEW, List.of(CLONE_THREAD)),
                        Condition.oneOf(IOCTL, 1, REQUESTS),
                        Condition.oneOf(PRCTL, 0, OPTIONS));
        var rest = EnumSet.allOf(KernelCall.class);
        conditions.forEach(condition -> rest.remove(condition.call()));
        // A filter sees pointers and not behind them: what a thread is made of has to be in the
        // arguments of clone.
        rest.remove(CLONE3);
        return new SyscallFilter(rest, List.of(CLONE3), conditions);
    }
}
