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
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How a worker is started.
 *
 * @param java the Java launcher, absolute
 * @param flags for the JVM
 * @param classPath where the worker's classes are
 * @param options for the worker itself
 */
public record WorkerCommand(
        Path java, List<String> flags, String classPath, WorkerOptions options) {
    /**
     * What a worker's JVM is told unless the configuration says otherwise. Unlike a daemon's it
     * compiles with C2, since guests compute, and keeps address space randomisation, since guests
     * are hostile. Exceptions that are thrown often keep their stacks: they are backtraces. Memory
     * that guests no longer use goes back to the machine.
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

    private static final String STANDARD_ERROR = "standard error";

    public WorkerCommand {
        flags = List.copyOf(flags);
    }

    /** With the Java and the libraries that we run with ourselves. */
    public static WorkerCommand standard() {
        return new WorkerCommand(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                JVM_FLAGS,
                needed(System.getProperty("java.class.path", "")),
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
        return new WorkerCommand(java, flags, classPath, other);
    }

    /** Starts a process that serves on copies of the listeners and logs to our standard error. */
    Child start(UnixListener calls, UnixListener descriptors) {
        var ours = Descriptor.adopt(2, STANDARD_ERROR);
        try {
            return Spawn.of(java, arguments().toArray(String[]::new))
                    // What the JVM takes for the encoding of file names.
                    .environment(Map.of("LC_ALL", "C.UTF-8"))
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

    private List<String> arguments() {
        var arguments = new ArrayList<>(flags);
        arguments.add("-classpath");
        arguments.add(classPath);
        arguments.add(WorkerMain.class.getName());
        arguments.addAll(options.arguments());
        return arguments;
    }
}
