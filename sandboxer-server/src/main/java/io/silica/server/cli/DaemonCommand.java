// SPDX-License-Identifier: Apache-2.0
package io.silica.server.cli;

import io.silica.linux.Pidfd;
import io.silica.sandbox.Failpoint;
import io.silica.sandbox.SandboxException;
import io.silica.server.config.Config;
import io.silica.server.config.ConfigEntry;
import io.silica.server.config.ConfigException;
import io.silica.server.config.ConfigReader;
import io.silica.server.config.DaemonConfig;
import io.silica.server.config.Origin;
import io.silica.server.logging.LogLevel;
import io.silica.server.logging.Logging;
import io.silica.server.notify.ServiceManager;
import io.silica.server.notify.Standby;
import java.io.PrintStream;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The command of a daemon, from its arguments to its exit code. A kind says which sections it adds
 * to the configuration, and what to run with it.
 *
 * @param <T> the kind's own sections
 */
public abstract class DaemonCommand<T> {
    public static final int OK = 0;
    public static final int FAILURE = 1;
    public static final int USAGE = 2;

    static final String VERSION = "--version";

    private static final System.Logger LOG = System.getLogger(DaemonCommand.class.getName());

    private final String kind;
    private final String name;
    private final PrintStream out;
    private final PrintStream err;

    /** Both halves of a configuration. */
    private record Sections<T>(DaemonConfig daemon, T own) {}

    /**
     * @param kind such as {@code wasm}: the daemon is then called {@code wasm-sandboxer}
     */
    protected DaemonCommand(String kind) {
        this(kind, System.out, System.err);
    }

    DaemonCommand(String kind, PrintStream out, PrintStream err) {
        this.kind = kind;
        this.name = nameOf(kind);
        this.out = out;
        this.err = err;
    }

    /** The command line of a kind's daemon as it is defined, for what is made of that. */
    public static CommandSpec definition(String kind) {
        return new DaemonCommandLine(nameOf(kind), kind, usualConfig(kind)).definition();
    }

    private static String nameOf(String kind) {
        return kind + "-sandboxer";
    }

    static Path usualConfig(String kind) {
        return Path.of("/etc/silica", kind + ".toml");
    }

    /** Reads the sections that this kind adds. */
    protected abstract T sections(ConfigReader reader);

    /**
     * Runs the daemon until it has been asked to end. Logging is set up.
     *
     * @throws SandboxException if it cannot start or go on, with a message that says what to do
     */
    protected abstract void run(DaemonConfig daemon, T own, ServiceManager manager)
            throws InterruptedException;

    /**
     * Starts the daemon and ends it, so that all that a start needs is loaded when this standby's
     * turn comes. Nothing is done unless a kind says what is harmless.
     *
     * @param daemon leads to an empty directory
     */
    protected void rehearse(DaemonConfig daemon, T own) {}

    /** Runs the command and answers the exit code of the process. */
    public final int execute(String... arguments) {
        var usualConfig = usualConfig(kind);
        if (Arrays.asList(arguments).equals(List.of(VERSION))) {
            // An upgrade asks for it, and need not wait for a library.
            sayVersion();
            return OK;
        }
        if (arguments.length > 0 && arguments[0].equals(SettingsCommand.FLAG)) {
            return new SettingsCommand(kind, this::read, out, err)
                    .execute(Arrays.copyOfRange(arguments, 1, arguments.length));
        }
        try {
            Optional<DaemonOptions> plain = DaemonOptions.plain(usualConfig, arguments);
            return plain.isPresent()
                    ? start(plain.get())
                    : new DaemonCommandLine(name, kind, usualConfig)
                            .execute(out, err, this::sayVersion, this::start, arguments);
        } catch (ConfigException e) {
            e.problems().forEach(problem -> err.println(name + ": " + problem));
            return USAGE;
        }
    }

    private void sayVersion() {
        out.println(name + " " + BuildInfo.load());
    }

    private int start(DaemonOptions options) {
        try {
            Optional<Standby> standby = Standby.ofThisProcess();
            return serve(
                    options,
                    standby.isPresent()
                            ? turnOf(standby.get(), options)
                            : ServiceManager.ofThisProcess());
        } catch (SandboxException.Cancelled _) {
            return OK; // It was never needed.
        } catch (SandboxException e) {
            err.println(name + ": " + e.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return FAILURE;
    }

    /** Waits until this process is the daemon. The configuration is read again then. */
    private ServiceManager turnOf(Standby standby, DaemonOptions options)
            throws InterruptedException {
        try (standby) {
            // A failpoint would kill it here, and is meant for its life.
            if (!Failpoint.enabled()) {
                rehearse(options);
            }
            return ServiceManager.ofThisProcess(standby.awaitTurn());
        }
    }

    /** What is wrong with the configuration is told if its turn comes. */
    private void rehearse(DaemonOptions options) {
        try {
            var config = Config.load(options.files(), options.overrides(), this::read).value();
            Logging.start(LogLevel.ERROR, config.daemon().server().logFormat());
            Rehearsal.run(config.daemon(), alone -> rehearse(alone, config.own()));
        } catch (ConfigException _) {
            // There is nothing to rehearse with.
        }
    }

    private int serve(DaemonOptions options, ServiceManager manager) {
        var config = Config.load(options.files(), options.overrides(), this::read);
        var server = config.value().daemon().server();
        Logging.start(server.logLevel(), server.logFormat());
        LOG.log(
                Level.INFO,
                name
                        + " "
                        + BuildInfo.load()
                        + " starts with these settings: "
                        + settings(config.entries()));
        if (Failpoint.enabled()) {
            enableFailpoints();
        }
        return run(config.value(), manager);
    }

    private int run(Sections<T> sections, ServiceManager manager) {
        try {
            run(sections.daemon(), sections.own(), manager);
            return OK;
        } catch (SandboxException e) {
            // Its message is made for the operator; the stack would only hide it.
            LOG.log(Level.ERROR, name + " ends: " + e.getMessage());
            LOG.log(Level.DEBUG, "where that came from", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            LOG.log(Level.ERROR, name + " ends: it was interrupted");
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, name + " ends: this is a defect, please report it", e);
        }
        return FAILURE;
    }

    private static void enableFailpoints() {
        int ourselves = (int) ProcessHandle.current().pid();
        Failpoint.signalBy(signal -> {
            try (var process = Pidfd.open(ourselves)) {
                process.signal(signal);
            }
        });
        LOG.log(
                Level.WARNING,
                Failpoint.ENVIRONMENT + " is set: this daemon fails or dies where a test says");
    }

    private Sections<T> read(ConfigReader reader) {
        return new Sections<>(DaemonConfig.read(reader, kind), sections(reader));
    }

    private static String settings(List<ConfigEntry> entries) {
        var set =
                entries.stream()
                        .filter(entry -> !(entry.origin() instanceof Origin.Default))
                        .map(DaemonCommand::setting)
                        .toList();
        return set.isEmpty() ? "all by default" : String.join(", ", set);
    }

    private static String setting(ConfigEntry entry) {
        return entry.section() + "." + entry.key() + "=" + entry.value() + " by " + entry.origin();
    }
}
