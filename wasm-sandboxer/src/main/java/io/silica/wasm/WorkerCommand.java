// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.linux.Child;
import io.silica.linux.Descriptor;
import io.silica.linux.Spawn;
import io.silica.linux.UnixListener;
import io.silica.wasm.worker.WorkerMain;
import io.silica.wasm.worker.WorkerOptions;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How a worker is started.
 *
 * @param program absolute
 * @param arguments that it takes before the worker's own
 * @param options for the worker itself
 */
public record WorkerCommand(Path program, List<String> arguments, WorkerOptions options) {
    /** The property that names the distribution's program for workers, where there is one. */
    static final String PROGRAM = "silica.worker";

    /**
     * What a worker's JVM is told where there is no distribution, whose wasm-worker says the same.
     * Unlike a daemon's it compiles with C2, since guests compute, and keeps address space
     * randomisation, since guests are hostile. Exceptions that are thrown often keep their stacks:
     * they are backtraces. Memory that guests no longer use goes back to the machine.
     */
    public static final List<String> JVM_FLAGS =
            List.of(
                    "-XX:+UseSerialGC",
                    "-XX:+UseCompactObjectHeaders",
                    "-XX:MinHeapFreeRatio=10",
                    "-XX:MaxHeapFreeRatio=30",
                    "-XX:TrimNativeHeapInterval=5000",
                    "-XX:-OmitStackTraceInFastThrow",
                    "-XX:-UsePerfData",
                    "-Xss512k",
                    "--enable-native-access=ALL-UNNAMED");

    /** The libraries that a worker needs of a daemon's: it serves no gRPC and reads no TOML. */
    private static final Pattern NEEDED =
            Pattern.compile(
                    "(proto|ttrpc|linux|sandboxer-api|wasm-sandboxer|runtime|compiler|wasi|wasm"
                            + "|log|asm|asm-[a-z]+|protobuf-java|jspecify)(-[0-9].*)?\\.jar");

    /** What the daemon's environment tells a JVM of ours, and tells the worker's too. */
    private static final List<String> INHERITED = List.of("SILICA_JAVA", "JDK_JAVA_OPTIONS");

    private static final String STANDARD_ERROR = "standard error";

    public WorkerCommand {
        arguments = List.copyOf(arguments);
    }

    /**
     * By the distribution that we run from, else with the Java and the libraries that we run with
     * ourselves.
     */
    public static WorkerCommand standard() {
        return of(System.getProperties());
    }

    static WorkerCommand of(Properties properties) {
        var program = properties.getProperty(PROGRAM);
        return program == null
                ? likeOurselves(properties)
                : new WorkerCommand(Path.of(program), List.of(), WorkerOptions.DEFAULTS);
    }

    private static WorkerCommand likeOurselves(Properties properties) {
        var arguments = new ArrayList<>(JVM_FLAGS);
        arguments.add("-classpath");
        arguments.add(needed(properties.getProperty("java.class.path", "")));
        arguments.add(WorkerMain.class.getName());
        return new WorkerCommand(
                Path.of(properties.getProperty("java.home", ""), "bin", "java"),
                arguments,
                WorkerOptions.DEFAULTS);
    }

    static String needed(String classPath) {
        return Arrays.stream(classPath.split(File.pathSeparator))
                .filter(entry -> !entry.endsWith(".jar") || isNeeded(Path.of(entry)))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static boolean isNeeded(Path jar) {
        return NEEDED.matcher(jar.getFileName().toString()).matches();
    }

    /** The same with other options for the worker. */
    public WorkerCommand with(WorkerOptions other) {
        return new WorkerCommand(program, arguments, other);
    }

    /** Starts a process that serves on copies of the listeners and logs to our standard error. */
    Child start(UnixListener calls, UnixListener descriptors) {
        var ours = Descriptor.adopt(2, STANDARD_ERROR);
        try {
            return Spawn.of(program, commandLine())
                    .environment(environment(System.getenv()))
                    .directory(Path.of("/"))
                    .newSession()
                    .descriptor(2, ours)
                    .descriptor(WorkerMain.CALLS, calls.descriptor())
                    .descriptor(WorkerMain.DESCRIPTORS, descriptors.descriptor())
                    .start();
        } finally {
            ours.take();
        }
    }

    private String[] commandLine() {
        return Stream.concat(arguments.stream(), options.arguments().stream())
                .toArray(String[]::new);
    }

    static Map<String, String> environment(Map<String, String> ours) {
        var environment = new HashMap<>(ours);
        environment.keySet().retainAll(INHERITED);
        // What the JVM takes for the encoding of file names.
        environment.put("LC_ALL", "C.UTF-8");
        return environment;
    }
}
