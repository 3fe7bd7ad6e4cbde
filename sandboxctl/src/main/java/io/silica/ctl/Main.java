// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** The entry point of the program. */
public final class Main {
    // Held, for a logger that nobody holds forgets its level.
    private static final List<Logger> LIBRARIES =
            List.of(Logger.getLogger("io.grpc"), Logger.getLogger("io.netty"));

    private Main() {}

    public static void main(String[] args) {
        keepLibrariesQuiet();
        System.exit(new SandboxCtl(System.in, System.out, System.err).execute(args));
    }

    /** The commands as they are defined, for what is made of that. */
    public static CommandSpec commands() {
        return new CommandLine(new SandboxCtl(System.out, System.err)).getCommandSpec();
    }

    /** Their loggers would write between the container's output. */
    private static void keepLibrariesQuiet() {
        InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
        LIBRARIES.forEach(logger -> logger.setLevel(Level.OFF));
    }
}
