// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import io.silica.sandbox.ContainerId;
import io.silica.sandbox.Printable;
import io.silica.sandbox.SandboxException;
import tools.jackson.databind.node.ObjectNode;

/**
 * The filter of system calls that a container is given, in the words of this version of runsc: it
 * has fewer actions than OCI, and one error for all calls that are refused, EPERM.
 */
final class SystemCallFilter {
    private static final String ALLOW = "SCMP_ACT_ALLOW";
    private static final String KILL = "SCMP_ACT_KILL";
    private static final String REFUSE = "SCMP_ACT_ERRNO";
    private static final String TRACE = "SCMP_ACT_TRACE";
    private static final int ENOSYS = 38;

    private SystemCallFilter() {}

    /**
     * Translates a filter where it stands. What else is wrong with it runsc says when the container
     * is started.
     *
     * @param id the container's
     * @throws SandboxException.Unsupported if somebody outside is to be asked about calls
     * @throws SandboxException.InvalidArgument if it has an action that OCI does not know
     */
    static void translate(ContainerId id, ObjectNode filter) {
        translate(id, filter, "defaultAction", "defaultErrnoRet");
        for (var rule : filter.path("syscalls")) {
            if (rule instanceof ObjectNode object) {
                translate(id, object, "action", "errnoRet");
            }
        }
    }

    private static void translate(ContainerId id, ObjectNode in, String action, String error) {
        var asked = in.path(action).asString("");
        if (asked.equals(REFUSE) && in.path(error).asInt(0) == ENOSYS) {
            // A C library that hears EPERM of clone3 makes no thread; with ENOSYS it tries clone.
            // That is the answer to a call which is to be traced while nobody traces.
            in.put(action, TRACE).remove(error);
        } else {
            in.put(action, known(id, asked));
        }
    }

    private static String known(ContainerId id, String action) {
        return switch (action) {
            case ALLOW, KILL, REFUSE, TRACE, "SCMP_ACT_TRAP" -> action;
            case "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL_THREAD" -> KILL;
            // A sentry has no log in which anybody could read of it.
            case "SCMP_ACT_LOG" -> ALLOW;
            case "SCMP_ACT_NOTIFY" ->
                    throw new SandboxException.Unsupported(
                            "container \"%s\" asks for a listener that decides about system calls (SCMP_ACT_NOTIFY): gVisor has none"
                                    .formatted(id));
            default ->
                    throw new SandboxException.InvalidArgument(
                            "the filter of system calls of container \"%s\" has an action that nobody knows: \"%s\""
                                    .formatted(id, Printable.of(action)));
        };
    }
}
