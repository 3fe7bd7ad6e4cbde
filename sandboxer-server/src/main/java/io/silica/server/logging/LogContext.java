// SPDX-License-Identifier: Apache-2.0
package io.silica.server.logging;

import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.SandboxId;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * What everything that the current thread logs is about, for as long as this is open:
 *
 * <pre>{@code
 * try (var _ = LogContext.sandbox(id)) {
 *     log.log(Level.INFO, "started");
 * }
 * }</pre>
 *
 * <p>Contexts nest; closing one restores what was before. A context belongs to the thread, platform
 * or virtual, that opened it, which must close it; threads that it starts begin without any.
 */
public final class LogContext implements AutoCloseable {
    private final String field;
    private final @Nullable String before;
    private final @Nullable LogContext outer;

    private LogContext(String field, String value, @Nullable LogContext outer) {
        this.field = field;
        this.before = MDC.get(field);
        this.outer = outer;
        MDC.put(field, value);
    }

    /** The field {@code sandbox_id}. */
    public static LogContext sandbox(SandboxId id) {
        return new LogContext("sandbox_id", id.value(), null);
    }

    /** The field {@code container_id}. */
    public static LogContext container(ContainerId id) {
        return new LogContext("container_id", id.value(), null);
    }

    /** The fields {@code sandbox_id} and {@code container_id}. */
    public static LogContext container(SandboxId sandbox, ContainerId id) {
        return new LogContext("container_id", id.value(), sandbox(sandbox));
    }

    /** The field {@code exec_id}. */
    public static LogContext exec(ExecId id) {
        return new LogContext("exec_id", id.value(), null);
    }

    @Override
    public void close() {
        if (before == null) {
            MDC.remove(field);
        } else {
            MDC.put(field, before);
        }
        if (outer != null) {
            outer.close();
        }
    }
}
