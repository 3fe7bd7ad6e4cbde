// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.qemu;

import io.silica.linux.Child;
import io.silica.linux.Descriptor;
import io.silica.linux.LinuxException;
import io.silica.linux.OpenFlag;
import io.silica.linux.Poller;
import io.silica.linux.Spawn;
import io.silica.sandbox.Printable;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.ShortName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds out by what guests can be carried out here: the guest's own kernel is booted with KVM, as
 * far as its first program. A {@code /dev/kvm} that can be opened, and answers every question, may
 * still boot nothing. What was found out is kept for as long as QEMU, the guest's kernel and first
 * program, the host's kernel and the processor are the same; that nothing boots, for an hour:
 * perhaps the machine was short of something.
 */
final class AcceleratorProbe {
    private static final System.Logger LOG = System.getLogger(AcceleratorProbe.class.getName());
    private static final Path DEVICE = Path.of("/dev/kvm");
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final Duration END_PATIENCE = Duration.ofSeconds(10);
    private static final String UP = "silica stage 1: up";
    private static final String MEMORY = "128M";
    private static final String LOG_FILE = "kvm.log";
    private static final Duration DOUBTED_AFTER = Duration.ofHours(1);
    private static final int MOST_SAID = 64 << 10;

    private final QemuConfig config;
    private final Path device;
    private final Poller poller;
    private final InstantSource clock;
    private Instant foundAt = Instant.EPOCH;
    private String triedKey = "";
    private Optional<String> obstacle = Optional.empty();

    AcceleratorProbe(QemuConfig config, Poller poller) {
        this(config, DEVICE, poller, InstantSource.system());
    }

    /**
     * @param device KVM's
     * @param clock that of the files
     */
    AcceleratorProbe(QemuConfig config, Path device, Poller poller, InstantSource clock) {
        this.config = config;
        this.device = device;
        this.poller = poller;
        this.clock = clock;
    }

    /**
     * By what guests are carried out; whoever asks first may wait for a boot.
     *
     * @throws SandboxException.Unavailable if it must be KVM, and that boots no guest
     */
    Accelerator accelerator() {
        return switch (config.accelerator()) {
            case TCG -> Accelerator.TCG;
            case AUTO -> obstacle().isEmpty() ? Accelerator.KVM : Accelerator.TCG;
            case KVM -> {
                obstacle()
                        .ifPresent(why -> {
                            throw new SandboxException.Unavailable(
                                    "KVM boots no guest here: %s; qemu.accelerator = \"auto\" or \"tcg\" does without, slowly"
                                            .formatted(why));
                        });
                yield Accelerator.KVM;
            }
        };
    }

    /** Why there is no KVM that boots a guest; empty if there is. */
    synchronized Optional<String> obstacle() {
        if (!Files.exists(device)) {
            return Optional.of("there is no " + device);
        }
        var key = key();
        if (!key.equals(triedKey) || (obstacle.isPresent() && !isFresh(foundAt))) {
            obstacle = obstacle(config.verdicts().resolve("kvm-" + key));
            triedKey = key;
        }
        return obstacle;
    }

    private Optional<String> obstacle(Path kept) {
        try {
            if (isGood(kept)) {
                foundAt = Files.getLastModifiedTime(kept).toInstant();
                return Optional.of(Files.readString(kept)).filter(it -> !it.isEmpty());
            }
            LOG.log(Level.INFO, "trying KVM, which takes some seconds once");
            makeDirectory();
            var found = boot(config.verdicts().resolve(LOG_FILE));
            LOG.log(Level.INFO, "KVM: {0}", found.orElse("it boots a guest"));
            var next = config.verdicts().resolve("new");
            Files.writeString(next, found.orElse(""));
            Files.move(next, kept, StandardCopyOption.ATOMIC_MOVE);
            foundAt = clock.instant();
            return found;
        } catch (IOException | UncheckedIOException e) {
            throw new SandboxException.Unavailable(
                    "cannot try KVM in %s: %s".formatted(config.verdicts(), e.getMessage()), e);
        }
    }

    /** What was found out before. */
    private boolean isGood(Path kept) throws IOException {
        return Files.exists(kept)
                && (Files.size(kept) == 0 || isFresh(Files.getLastModifiedTime(kept).toInstant()));
    }

    private boolean isFresh(Instant found) {
        return found.isAfter(clock.instant().minus(DOUBTED_AFTER));
    }

    private Optional<String> boot(Path log) throws IOException {
        // Of a daemon that died meanwhile.
        var processes = new MachineProcesses(config.verdicts(), config.programs(), poller);
        processes.kill();
        Files.deleteIfExists(log);
        try {
            boolean ended = run(log);
            var said = said(log);
            return said.contains(UP) ? Optional.empty() : Optional.of(words(ended, said.strip()));
        } finally {
            processes.kill();
            Files.deleteIfExists(log);
        }
    }

    private void makeDirectory() throws IOException {
        if (!Files.isDirectory(config.verdicts())) {
            Files.createDirectory(
                    config.verdicts(),
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        }
    }

    /** Whether it ended by itself. */
    private boolean run(Path log) {
        try (var output =
                        Descriptor.open(
                                log,
                                OpenFlag.WRITE,
                                OpenFlag.CREATE,
                                OpenFlag.EXCLUSIVE,
                                OpenFlag.APPEND);
                var child =
                        Spawn.of(config.program(), arguments(log))
                                .directory(Path.of("/"))
                                .newSession()
                                .descriptor(1, output)
                                .descriptor(2, output)
                                .start()) {
            return ends(child);
        } catch (LinuxException e) {
            throw new SandboxException.Unavailable(
                    "cannot start %s: %s".formatted(config.program(), e.getMessage()), e);
        }
    }

    private boolean ends(Child child) {
        try {
            if (child.await(poller, PATIENCE).isPresent()) {
                return true;
            }
            child.end(poller, END_PATIENCE);
            return false;
        } catch (InterruptedException _) {
            child.end(poller, END_PATIENCE);
            Thread.currentThread().interrupt();
            throw new SandboxException.Cancelled("interrupted while KVM is tried");
        }
    }

    private String[] arguments(Path log) {
        var arguments = new ArrayList<>(QemuCommand.MACHINE);
        arguments.addAll(Accelerator.KVM.arguments());
        arguments.addAll(
                List.of(
                        "-smp",
                        "1",
                        "-m",
                        MEMORY,
                        "-kernel",
                        config.kernel().toString(),
                        "-initrd",
                        config.initramfs().toString(),
                        "-append",
                        QemuCommand.KERNEL + " silica.probe",
                        "-chardev",
                        // By its path it is found again, too.
                        "file,id=console,append=on,path=" + log,
                        "-serial",
                        "chardev:console"));
        return arguments.toArray(String[]::new);
    }

    private static String said(Path log) throws IOException {
        try (var stream = Files.newInputStream(log)) {
            return new String(stream.readNBytes(MOST_SAID), StandardCharsets.ISO_8859_1);
        }
    }

    private static String words(boolean ended, String said) {
        var how =
                ended
                        ? "the guest ended before its first program ran"
                        : "the guest did not reach its first program within %d s"
                                .formatted(PATIENCE.toSeconds());
        return said.isEmpty()
                ? how
                : how + ", and said: " + Printable.of(said.replaceAll("[\r\n]+", " | "));
    }

    private String key() {
        return ShortName.of(
                String.join(
                        " ",
                        seen(config.program()),
                        seen(config.kernel()),
                        seen(config.initramfs()),
                        Host.NAME),
                20);
    }

    private static String seen(Path path) {
        var file = path.toFile();
        return path + "-" + file.lastModified() + "-" + file.length();
    }

    /** What does not change as long as we live; looked at when it is first asked for. */
    private static final class Host {
        private static final String NAME = System.getProperty("os.version", "") + " " + processor();
    }

    private static @Nullable String processor() {
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(it -> it.startsWith("model name")).findFirst().orElse(null);
        } catch (IOException _) {
            return null;
        }
    }
}
