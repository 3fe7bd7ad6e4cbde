// SPDX-License-Identifier: Apache-2.0
package io.silica.server.logging;

import static org.slf4j.Logger.ROOT_LOGGER_NAME;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.logging.LogManager;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * The logging of this process. Any thread may call any method; events are written by the thread
 * that logs them, whole lines at a time.
 */
public final class Logging {
    /** Who talks about itself more than an operator wants to know. */
    private static final List<String> LIBRARIES =
            List.of("io.netty", "io.grpc", "java", "jdk", "sun", "com.sun");

    /** grpc asks each Unix socket to keep alive: netty warns, per connection, that it cannot. */
    private static final List<String> UNFOUNDED =
            List.of("io.netty.bootstrap.ServerBootstrap", "io.netty.bootstrap.Bootstrap");

    private final LoggerContext context;

    Logging(LoggerContext context) {
        this.context = context;
    }

    /** Starts the logging as configured, and takes over what libraries log by java.util.logging. */
    public static Logging start(LogLevel level, LogFormat format) {
        var logging = new Logging((LoggerContext) LoggerFactory.getILoggerFactory());
        logging.configure(level, format, new FileOutputStream(FileDescriptor.err));
        LogManager.getLogManager().reset();
        SLF4JBridgeHandler.install();
        logging.level(level);
        return logging;
    }

    /**
     * Changes from now on how much is logged. Libraries are heard from {@code warn} up; at {@code
     * trace} they may say everything.
     */
    public void level(LogLevel level) {
        logbackLevel(level);
        // What is off at its source costs nothing on the bridge.
        java.util.logging.Logger.getLogger("")
                .setLevel(
                        level == LogLevel.TRACE
                                ? java.util.logging.Level.ALL
                                : java.util.logging.Level.WARNING);
    }

    void configure(LogLevel level, LogFormat format, OutputStream out) {
        var root = context.getLogger(ROOT_LOGGER_NAME);
        root.detachAndStopAllAppenders();
        root.addAppender(LineAppender.started(context, format, out));
        logbackLevel(level);
    }

    private void logbackLevel(LogLevel level) {
        var own = Level.toLevel(level.name());
        context.getLogger(ROOT_LOGGER_NAME).setLevel(own);
        boolean quiet = level != LogLevel.TRACE && Level.WARN.isGreaterOrEqual(own);
        LIBRARIES.forEach(name -> context.getLogger(name).setLevel(quiet ? Level.WARN : own));
        boolean everything = level == LogLevel.TRACE;
        UNFOUNDED.forEach(name -> context.getLogger(name).setLevel(everything ? own : Level.ERROR));
    }
}
