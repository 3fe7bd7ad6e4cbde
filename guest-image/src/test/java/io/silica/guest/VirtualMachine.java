// SPDX-License-Identifier: Apache-2.0
package io.silica.guest;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A machine that runs the image under QEMU without KVM, with its two helpers: one for its vsock,
 * and one for the directory that it shares.
 */
final class VirtualMachine implements AutoCloseable {
    static final String HARDWARE_ADDRESS = "52:54:00:11:22:33";
    static final String SHARE_TAG = "share";

    private static final int PATIENCE_SECONDS = 600;

    private final Path directory;
    private final List<Process> processes = new ArrayList<>();
    private final ServerSocketChannel agents;
    private final Process qemu;

    private VirtualMachine(Path directory, Requirements tools) throws IOException {
        this.directory = directory;
        // Hybrid vsock: what dials the port 5000 of the host comes to the socket of this name.
        agents =
                ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                        .bind(UnixDomainSocketAddress.of(file("vm.sock_5000")));
        start(
                "vsock",
                tools.vsock().toString(),
                "--vm",
                "guest-cid=101,uds-path=" + file("vm.sock") + ",socket=" + file("vhost.sock"));
        start(
                "virtiofsd",
                tools.virtiofsd().toString(),
                "--socket-path=" + file("fs.sock"),
                "-o",
                "source=" + share(),
                "-o",
                "cache=auto");
        await(file("vhost.sock"));
        await(file("fs.sock"));
        qemu = start("qemu", command(tools));
    }

    /** Boots one. */
    static VirtualMachine boot(Requirements tools, int megabytes) throws IOException {
        // The names of sockets are short.
        var directory = Files.createTempDirectory(Path.of("/tmp"), "vm");
        Files.createDirectories(directory.resolve("share"));
        Files.writeString(directory.resolve("memory"), megabytes + "M");
        return new VirtualMachine(directory, tools);
    }

    /** What the guest finds in its share. */
    Path share() {
        return file("share");
    }

    private Path file(String name) {
        return directory.resolve(name);
    }

    private List<String> command(Requirements tools) throws IOException {
        var size = Files.readString(file("memory"));
        var command =
                new ArrayList<>(
                        List.of(
                                tools.qemu().toString(),
                                "-machine",
                                "q35,hpet=on,smm=off,vmport=off,sata=off,smbus=off,usb=off,memory-backend=mem",
                                "-accel",
                                "tcg,thread=multi,tb-size=64",
                                "-cpu",
                                "max",
                                "-smp",
                                "1",
                                "-m",
                                size,
                                "-object",
                                "memory-backend-memfd,id=mem,size=" + size + ",share=on",
                                "-nodefaults",
                                "-no-user-config",
                                "-no-reboot",
                                "-display",
                                "none",
                                "-serial",
                                "file:" + file("serial.log"),
                                "-kernel",
                                tools.image().resolve("vmlinux").toString(),
                                "-initrd",
                                tools.image().resolve("stage1.cpio").toString(),
                                "-append",
                                kernelCommandLine()));
        device(
                command,
                "-drive",
                "id=d0,if=none,format=raw,readonly=on,file=" + tools.image().resolve("root.erofs"),
                "virtio-blk-pci,drive=d0");
        device(
                command,
                "-drive",
                "id=d1,if=none,format=raw,readonly=on,file="
                        + tools.image().resolve("classes.erofs"),
                "virtio-blk-pci,drive=d1,serial=silica-classes");
        device(
                command,
                "-chardev",
                "socket,id=vs,path=" + file("vhost.sock"),
                "vhost-user-vsock-pci,chardev=vs");
        device(
                command,
                "-chardev",
                "socket,id=fs,path=" + file("fs.sock"),
                "vhost-user-fs-pci,chardev=fs,tag=" + SHARE_TAG);
        device(
                command,
                "-netdev",
                "user,id=n0,restrict=on",
                "virtio-net-pci,netdev=n0,romfile=,mac=" + HARDWARE_ADDRESS);
        return command;
    }

    private static void device(List<String> command, String backend, String how, String device) {
        command.addAll(List.of(backend, how, "-device", device));
    }

    private static String kernelCommandLine() throws IOException {
        var line =
                "console=ttyS0 panic=-1 reboot=t quiet no_timer_check i8042.noaux i8042.nomux i8042.nopnp"
                        + " i8042.dumbkbd i8042.nokbd cryptomgr.notests random.trust_cpu=on mitigations=off"
                        + " silica.cpu=emulated";
        var clock =
                Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                        .filter(it -> it.startsWith("cpu MHz"))
                        .findFirst();
        return clock.map(it ->
                        line
                                + " tsc_early_khz="
                                + (long)
                                        (1000
                                                * Double.parseDouble(
                                                        it.substring(it.indexOf(':') + 1))))
                .orElse(line);
    }

    private Process start(String name, String... command) throws IOException {
        return start(name, List.of(command));
    }

    private Process start(String name, List<String> command) throws IOException {
        var process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(file(name + ".log").toFile())
                        .start();
        processes.add(process);
        return process;
    }

    private void await(Path socket) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!Files.exists(socket)) {
            if (System.nanoTime() - end > 0) {
                throw new IOException(socket + " did not appear: " + said());
            }
            Thread.onSpinWait();
        }
    }

    /** Waits until the agent dials, and accepts it. */
    SocketChannel acceptAgent() throws IOException, InterruptedException {
        var accepting = new FutureTask<>(agents::accept);
        Thread.ofVirtual().name("accept").start(accepting);
        try {
            return accepting.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new IOException("the agent has not dialled: " + said(), e);
        }
    }

    /** Waits until the machine has ended by itself; its exit code. */
    int awaitEnd() throws IOException, InterruptedException {
        if (!qemu.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IOException("the machine has not ended: " + said());
        }
        return qemu.exitValue();
    }

    /** The console, and what the programs said. */
    String said() throws IOException {
        var said = new StringBuilder();
        try (var files = Files.list(directory)) {
            for (var log : files.filter(it -> it.toString().endsWith(".log")).sorted().toList()) {
                said.append('\n')
                        .append(log.getFileName())
                        .append(":\n")
                        .append(Files.readString(log));
            }
        }
        return said.toString();
    }

    @Override
    public void close() throws IOException {
        for (var process : processes.reversed()) {
            process.destroyForcibly();
        }
        for (var process : processes) {
            process.onExit().join();
        }
        agents.close();
        try (var walk = Files.walk(directory)) {
            for (var path : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
