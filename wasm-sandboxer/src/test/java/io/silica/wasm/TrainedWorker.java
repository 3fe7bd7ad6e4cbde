// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import io.silica.linux.FileTree;
import io.silica.linux.Pipe;
import io.silica.linux.ProcessIdentity;
import io.silica.wasm.engine.GuestModules;
import io.silica.wasm.worker.WorkerOptions;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.IntStream;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/**
 * The worker of tests: started as that of a distribution, of jars and with an archive of their
 * classes, which is most of what a start costs otherwise, and without the compiler that what lives
 * for seconds gains nothing by. Both are made for what is compiled now, once for all JVMs of tests;
 * where the JVM makes no archive, a worker starts without.
 */
final class TrainedWorker {
    private static final Path PLACE = Path.of("target", "worker").toAbsolutePath();
    private static final String QUICK_TO_COMPILE = "-XX:TieredStopAtLevel=1";

    /** Each start would tell that the JVM's own archive was made without native access. */
    private static final String SAYS_LITTLE = "-Xlog:cds*=off:stderr";

    private static @Nullable WorkerCommand made;

    private TrainedWorker() {}

    /** How it is started. */
    static synchronized WorkerCommand command() {
        if (made == null) {
            made = make();
        }
        return made;
    }

    /** The same with the compiler that a worker has for what runs long. */
    static WorkerCommand optimizing() {
        var command = command();
        var all = new ArrayList<>(command.arguments());
        all.remove(QUICK_TO_COMPILE);
        return new WorkerCommand(
                command.program(), all, command.confinement(), command.options(), command.share());
    }

    private static WorkerCommand make() {
        var entries = classPath();
        var digest = digest(entries);
        var home = PLACE.resolve(digest);
        var libraries = home.resolve("lib");
        var jars =
                IntStream.range(0, entries.size())
                        .mapToObj(i -> libraries.resolve("%03d.jar".formatted(i)))
                        .toList();
        try {
            Files.createDirectories(PLACE);
            try (var file = FileChannel.open(PLACE.resolve("lock"), CREATE, WRITE);
                    var _ = file.lock()) {
                if (Files.notExists(libraries.resolve("trained"))) {
                    removeFormer();
                    Files.createDirectories(libraries);
                    pack(entries, jars);
                    Files.writeString(libraries.resolve("digest"), digest);
                    train(command(home, jars), libraries, digest);
                    Files.createFile(libraries.resolve("trained"));
                }
            }
            return command(home, jars);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What was compiled before. */
    private static void removeFormer() throws IOException {
        try (var all = Files.newDirectoryStream(PLACE, Files::isDirectory)) {
            for (var former : all) {
                FileTree.remove(PLACE.resolve(former.getFileName()));
            }
        }
    }

    private static List<Path> classPath() {
        var needed = WorkerCommand.needed(System.getProperty("java.class.path"));
        return Arrays.stream(needed.split(File.pathSeparator, -1))
                .filter(entry -> !entry.isEmpty())
                .map(Path::of)
                .filter(Files::exists)
                .toList();
    }

    /** Of the JVM, and of names, sizes and times. */
    private static String digest(List<Path> entries) {
        try {
            var sum = MessageDigest.getInstance("SHA-256");
            sum.update((System.getProperty("java.vm.version") + "\n").getBytes(UTF_8));
            for (var entry : entries) {
                for (var file : files(entry)) {
                    var size = Files.size(file);
                    var time = Files.getLastModifiedTime(file).toMillis();
                    sum.update((file + " " + size + " " + time + "\n").getBytes(UTF_8));
                }
            }
            return HexFormat.of().formatHex(sum.digest(), 0, 8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static List<Path> files(Path entry) throws IOException {
        try (var tree = Files.walk(entry)) {
            return tree.filter(Files::isRegularFile).sorted().toList();
        }
    }

    /** An archive fits no directories of classes. */
    private static void pack(List<Path> entries, List<Path> jars) throws IOException {
        for (int i = 0; i < entries.size(); i++) {
            if (Files.isDirectory(entries.get(i))) {
                pack(entries.get(i), jars.get(i));
            } else {
                Files.copy(entries.get(i), jars.get(i));
            }
        }
    }

    private static void pack(Path directory, Path jar) throws IOException {
        try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
            out.setLevel(Deflater.NO_COMPRESSION);
            for (var file : files(directory)) {
                out.putNextEntry(new JarEntry(directory.relativize(file).toString()));
                Files.copy(file, out);
            }
        }
    }

    private static WorkerCommand command(Path home, List<Path> jars) {
        var properties = new Properties();
        properties.setProperty("java.home", System.getProperty("java.home"));
        properties.setProperty(WorkerCommand.HOME, home.toString());
        properties.setProperty(
                "java.class.path",
                String.join(File.pathSeparator, jars.stream().map(Path::toString).toList()));
        return with(WorkerCommand.of(properties), QUICK_TO_COMPILE, SAYS_LITTLE);
    }

    private static WorkerCommand with(WorkerCommand command, String... flags) {
        var all = new ArrayList<>(command.arguments());
        all.addAll(all.indexOf("-classpath"), List.of(flags));
        return new WorkerCommand(
                command.program(), all, command.confinement(), command.options(), command.share());
    }

    /** The archive is of the classes that a worker has loaded when it ends by itself. */
    private static void train(WorkerCommand command, Path libraries, String digest)
            throws IOException {
        var soon =
                new WorkerOptions(Duration.ofSeconds(1), 1 << 20, 1 << 20, Duration.ofMinutes(1));
        var writing =
                new WorkerCommand(
                        command.program(),
                        command.arguments(),
                        command.confinement().withWritable(libraries),
                        soon,
                        command.share());
        var archive = libraries.resolve("wasm-worker-" + digest + ".jsa");
        var state = Files.createTempDirectory("worker");
        var worker = new WorkerFixture(state, with(writing, "-XX:ArchiveClassesAtExit=" + archive));
        try (var output = Pipe.open()) {
            for (var module : List.of(GuestModules.exits(0), GuestModules.TRAPS)) {
                worker.start("guest", module, output);
                worker.await("guest");
                worker.delete("guest");
            }
        }
        int pid = worker.worker().pid();
        worker.letGo();
        WorkerFixture.await(() -> ProcessIdentity.of(pid).isEmpty());
        WorkerFixture.collectLaunchers();
        FileTree.remove(state);
    }
}
