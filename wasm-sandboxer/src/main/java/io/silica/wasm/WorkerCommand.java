// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.linux.Descriptor;
import io.silica.linux.Poller;
import io.silica.linux.UnixListener;
import io.silica.wasm.compiler.CompilerCommand;
import io.silica.wasm.confinement.ConfinedProcess;
import io.silica.wasm.confinement.Confinement;
import io.silica.wasm.worker.WorkerMain;
import io.silica.wasm.worker.WorkerOptions;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How a worker is started: on the Java that we run on ourselves, confined to that and its jars.
 *
 * @param program absolute
 * @param arguments that it takes before the worker's own
 * @param confinement what it can see
 * @param options for the worker itself
 * @param share of the machine that is its
 */
public record WorkerCommand(
        Path program,
        List<String> arguments,
        Confinement confinement,
        WorkerOptions options,
        WorkerShare share) {
    /** The property that names the directory of the distribution, where there is one. */
    static final String HOME = "silica.home";

    /**
     * The property that names a directory which a worker may write to, for what a JVM is asked to
     * write: a list of classes, a dump of its heap. There is none where guests are not trusted.
     */
    static final String WRITABLE = "silica.worker-writes";

    /** The worker's main class, which a daemon has no use for but its name. */
    private static final String MAIN = "io.silica.wasm.worker.WorkerMain";

    private static final System.Logger LOG = System.getLogger(WorkerCommand.class.getName());

    /**
     * What a worker's JVM is told. Unlike a daemon's it compiles with C2, since guests compute, and
     * keeps address space randomisation, since guests are hostile; the path of a start is compiled
     * after tens of them. Exceptions that are thrown often keep their stacks: they are backtraces.
     * Memory that guests no longer use goes back to the machine. Nobody attaches to it, and there
     * is no file where it could tell of a crash.
     */
    static final List<String> JVM_FLAGS =
            List.of(
                    "-Xms12m",
                    "-Xss512k",
                    "-XX:+UseSerialGC",
                    "-XX:+UseCompactObjectHeaders",
                    "-XX:CompileThresholdScaling=0.2",
                    "-XX:MinHeapFreeRatio=10",
                    "-XX:MaxHeapFreeRatio=30",
                    "-XX:TrimNativeHeapInterval=5000",
                    "-XX:-OmitStackTraceInFastThrow",
                    "-XX:-UsePerfData",
                    "-XX:+DisableAttachMechanism",
                    "-XX:+ErrorFileToStderr",
                    "-Xlog:disable",
                    "-Xlog:all=warning:stderr",
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow");

    /** The libraries that a worker needs of a daemon's: it serves no gRPC and reads no TOML. */
    private static final Pattern NEEDED =
            Pattern.compile(
                    "(proto|ttrpc|linux|sandboxer-api|wasm-sandboxer|runtime|compiler|wasi|wasm"
                            + "|log|asm|asm-[a-z]+|protobuf-java|jspecify)(-[0-9].*)?\\.jar");

    /** What the daemon's environment tells a JVM of ours, and tells the worker's too. */
    private static final List<String> INHERITED = List.of("JDK_JAVA_OPTIONS");

    /** What the JVM takes for the encoding of file names. */
    private static final String LANGUAGE = "LC_ALL";

    private static final String UTF_8_NAMES = "C.UTF-8";
    private static final String STANDARD_ERROR = "standard error";
    private static final String CLASS_PATH = "java.class.path";

    public WorkerCommand {
        arguments = List.copyOf(arguments);
    }

    /** With the Java that we run on, and the libraries of the distribution or else our own. */
    public static WorkerCommand standard() {
        return of(System.getProperties());
    }

    static WorkerCommand of(Properties properties) {
        var home = Optional.ofNullable(properties.getProperty(HOME)).map(Path::of);
        var classPath = properties.getProperty(CLASS_PATH, "");
        return home.map(it -> ofDistribution(properties, it.resolve("lib"), classPath))
                .orElseGet(() -> ofLibraries(properties, needed(classPath)));
    }

    /** Its archive of classes fits the class path of all its programs. */
    private static WorkerCommand ofDistribution(
            Properties properties, Path libraries, String classPath) {
        var flags = new ArrayList<>(JVM_FLAGS);
        var archive = libraries.resolve("wasm-worker-" + digest(libraries) + ".jsa");
        if (Files.exists(archive)) {
            flags.add("-XX:SharedArchiveFile=" + archive);
            flags.add("-XX:+UnlockDiagnosticVMOptions");
            flags.add("-XX:+VerifySharedSpaces");
        }
        return of(properties, flags, classPath, List.of(libraries));
    }

    /** Of its jars; an archive of others is not taken for theirs. */
    private static String digest(Path libraries) {
        try {
            return Files.readString(libraries.resolve("digest")).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static WorkerCommand ofLibraries(Properties properties, String classPath) {
        var entries =
                Arrays.stream(classPath.split(File.pathSeparator, 0))
                        .filter(entry -> !entry.isEmpty())
                        .map(Path::of)
                        .filter(Files::exists)
                        .toList();
        return of(properties, JVM_FLAGS, classPath, entries);
    }

    private static WorkerCommand of(
            Properties properties, List<String> flags, String classPath, Collection<Path> own) {
        var home = Path.of(properties.getProperty("java.home", ""));
        var arguments = new ArrayList<>(flags);
        arguments.add("-classpath");
        arguments.add(classPath);
        arguments.add(MAIN);
        var confinement = Confinement.ofJava(home, own);
        var writable = Optional.ofNullable(properties.getProperty(WRITABLE)).map(Path::of);
        return new WorkerCommand(
                home.resolve("bin", "java"),
                arguments,
                writable.map(confinement::withWritable).orElse(confinement),
                WorkerOptions.DEFAULTS,
                WorkerShare.ofNode());
    }

    static String needed(String classPath) {
        return Arrays.stream(classPath.split(File.pathSeparator))
                .filter(entry -> !entry.endsWith(".jar") || isNeeded(Path.of(entry)))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static boolean isNeeded(Path jar) {
        return NEEDED.matcher(jar.getFileName().toString()).matches();
    }

    /** The same with other options for the worker, who sees what they name. */
    public WorkerCommand with(WorkerOptions other) {
        return new WorkerCommand(
                program,
                arguments,
                other.wasmtime().map(confinement::withReadable).orElse(confinement),
                other,
                share);
    }

    /** The same with another share of the machine. */
    WorkerCommand with(WorkerShare other) {
        return new WorkerCommand(program, arguments, confinement, options, other);
    }

    /** How a compiler is started, for the engine whose library is among the options. */
    CompilerCommand compiler() {
        var all = new ArrayList<>(arguments.subList(0, arguments.size() - 1));
        all.addAll(CompilerCommand.FLAGS);
        all.add(CompilerCommand.MAIN);
        all.add(options.wasmtime().orElseThrow().toString());
        var readable = confinement.readable();
        return new CompilerCommand(
                program,
                all,
                // Each arena of malloc reserves addresses, of which a compiler has few.
                Map.of(LANGUAGE, UTF_8_NAMES, "MALLOC_ARENA_MAX", "1"),
                new Confinement(readable, Optional.empty(), confinement.filter()),
                options.moduleLimit());
    }

    /** The same with another main class, and what it takes before the worker's options. */
    WorkerCommand withMain(String... main) {
        var flags = arguments.subList(0, arguments.size() - 1);
        return new WorkerCommand(
                program,
                Stream.concat(flags.stream(), Arrays.stream(main)).toList(),
                confinement,
                options,
                share);
    }

    /**
     * Starts a process that serves on copies of the listeners and logs to our standard error.
     *
     * @throws io.silica.sandbox.SandboxException.Unavailable if it can't be confined
     */
    ConfinedProcess start(UnixListener calls, UnixListener descriptors, Poller poller) {
        confinement
                .writable()
                .ifPresent(directory ->
                        LOG.log(
                                System.Logger.Level.WARNING,
                                "the wasm worker may write to " + directory));
        var ours = Descriptor.adopt(2, STANDARD_ERROR);
        try {
            return ConfinedProcess.start(
                    confinement,
                    new ConfinedProcess.Program(
                            program,
                            commandLine(),
                            environment(System.getenv()),
                            Map.of(
                                    2,
                                    ours,
                                    WorkerMain.CALLS,
                                    calls.descriptor(),
                                    WorkerMain.DESCRIPTORS,
                                    descriptors.descriptor())),
                    poller,
                    process -> share.take(process.pid()));
        } finally {
            ours.take();
        }
    }

    private List<String> commandLine() {
        return Stream.of(
                        share.flags().stream(),
                        Stream.of("-Duser.timezone=" + ZoneId.systemDefault()),
                        arguments.stream(),
                        options.arguments().stream())
                .flatMap(it -> it)
                .toList();
    }

    static Map<String, String> environment(Map<String, String> ours) {
        var environment = new HashMap<>(ours);
        environment.keySet().retainAll(INHERITED);
        environment.put(LANGUAGE, UTF_8_NAMES);
        return environment;
    }
}
