// SPDX-License-Identifier: Apache-2.0
package io.silica.server.logging;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.io.FileDescriptor;
import java.io.FileOutputStream;

/**
 * How logging is before the configuration is known: text on stderr from {@code info} up. logback
 * finds this class as a service and looks no further.
 */
public final class LogbackConfigurator extends ContextAwareBase implements Configurator {
    @Override
    public ExecutionStatus configure(LoggerContext context) {
        new Logging(context)
                .configure(LogLevel.INFO, LogFormat.TEXT, new FileOutputStream(FileDescriptor.err));
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}
