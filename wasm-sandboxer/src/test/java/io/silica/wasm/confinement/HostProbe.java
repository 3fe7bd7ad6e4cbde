// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.confinement;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * What hostile code would try that runs in a worker: {@code HostProbe PID FILE ABSTRACT SOCKET
 * PORT}, all of them the host's. Each attempt is a line: its name, and the errno that it got, 0 for
 * success.
 */
public final class HostProbe {
    private static final int AF_UNIX = 1;
    private static final int AF_INET = 2;
    private static final int STREAM = 1;
    private static final int NOBODY = 4_000_000;

    private static final boolean IS_X86 = System.getProperty("os.arch").equals("amd64");

    @SuppressWarnings("restricted")
    private static final MethodHandle SYSCALL =
            Linker.nativeLinker()
                    .downcallHandle(
                            Linker.nativeLinker().defaultLookup().findOrThrow("syscall"),
                            FunctionDescriptor.of(
                                    JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                                    JAVA_LONG, JAVA_LONG, JAVA_LONG),
                            Linker.Option.firstVariadicArg(1),
                            Linker.Option.captureCallState("errno"));

    private HostProbe() {}

    public static void main(String[] arguments) throws Throwable {
        int pid = stranger(Integer.parseInt(arguments[0]));
        try (var arena = Arena.ofConfined()) {
            var scratch = arena.allocate(4096, 8);
            files(Path.of(arguments[1]), pid);
            processes(pid, scratch);
            sockets(arena, arguments);
            kernel(scratch);
        }
    }

    private static void files(Path file, int pid) {
        tell("read-file", open(file, StandardOpenOption.READ));
        tell("read-passwd", open(Path.of("/etc/passwd"), StandardOpenOption.READ));
        tell(
                "read-root-of-process",
                open(Path.of("/proc/" + pid + "/root"), StandardOpenOption.READ));
        tell("read-disk", open(Path.of("/dev/sda"), StandardOpenOption.READ));
        tell(
                "write-root",
                open(Path.of("/new"), StandardOpenOption.CREATE, StandardOpenOption.WRITE));
        var libraries = Path.of(System.getProperty("java.home"), "lib", "new");
        tell("write-java", open(libraries, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
        var pattern = Path.of("/proc/sys/kernel/core_pattern");
        tell("write-sysctl", open(pattern, StandardOpenOption.WRITE));
    }

    /** 0, -2 for a file that is not there, -1 for one that can't be opened. */
    private static int open(Path path, OpenOption... options) {
        try (var _ = Files.newByteChannel(path, options)) {
            return 0;
        } catch (NoSuchFileException _) {
            return -2;
        } catch (IOException _) {
            return -1;
        }
    }

    /** A number that is one of our own threads here cannot be the host's process. */
    private static int stranger(int pid) {
        return Files.exists(Path.of("/proc/self/task/" + pid)) ? NOBODY : pid;
    }

    private static void processes(int pid, MemorySegment scratch) throws Throwable {
        tell("kill", call(62, 129, pid, 0));
        tell("pidfd", call(434, 434, pid, 0));
        tell("ptrace", call(101, 117, 16, pid));
        // One vector, for both sides: with nothing to read nobody is looked for.
        scratch.set(JAVA_LONG, 0, scratch.address() + 64);
        scratch.set(JAVA_LONG, 8, 8);
        tell("read-memory", call(310, 270, pid, scratch.address(), 1, scratch.address(), 1));
        long child = call(56, 220, 17);
        if (child == 0) {
            call(231, 94, 0);
        }
        tell("fork", child);
    }

    private static void sockets(Arena arena, String[] arguments) throws Throwable {
        tell("abstract-socket", connect(AF_UNIX, local(arena, '\0' + arguments[2])));
        tell("path-socket", connect(AF_UNIX, local(arena, arguments[3] + '\0')));
        tell("loopback", connect(AF_INET, loopback(arena, Integer.parseInt(arguments[4]))));
    }

    private static MemorySegment local(Arena arena, String name) {
        var bytes = name.getBytes(StandardCharsets.UTF_8);
        var address = arena.allocate(2 + bytes.length, 2);
        address.set(JAVA_SHORT, 0, (short) AF_UNIX);
        MemorySegment.copy(bytes, 0, address, JAVA_BYTE, 2, bytes.length);
        return address;
    }

    private static MemorySegment loopback(Arena arena, int port) {
        var address = arena.allocate(16, 4);
        address.set(JAVA_SHORT, 0, (short) AF_INET);
        address.set(JAVA_SHORT, 2, Short.reverseBytes((short) port));
        address.set(JAVA_INT, 4, Integer.reverseBytes(0x7F00_0001));
        return address;
    }

    private static long connect(int family, MemorySegment address) throws Throwable {
        long socket = call(41, 198, family, STREAM);
        return socket < 0 ? socket : call(42, 203, socket, address.address(), address.byteSize());
    }

    private static void kernel(MemorySegment scratch) throws Throwable {
        // The path of the root.
        scratch.set(JAVA_BYTE, 128, (byte) '/');
        long text = scratch.address() + 128;
        tell("mount", call(165, 40, text, text, text, 0));
        tell("chroot", call(161, 51, text));
        tell("unshare-mounts", call(272, 97, 0x2_0000));
        tell("unshare-user", call(272, 97, 0x1000_0000));
        tell("setns", call(308, 268, 0, 0));
        tell("handle", call(304, 265, 0, text, 0));
        tell("bpf", call(321, 280, 0, text, 8));
        tell("io-uring", call(425, 425, 1, text));
        tell("perf", call(298, 241, text, 0, -1, -1));
        tell("userfault", call(323, 282, 0));
        tell("keyctl", call(250, 219, 0, -3, 0));
        tell("module", call(175, 105, text, 0, text));
        tell("kexec", call(246, 104, 0, 0, text, 0));
        tell("terminal-input", call(16, 29, 1, 0x5412, text));
    }

    /** A call by its number on x86_64 or aarch64: what it gives, or its errno negated. */
    private static long call(long x86, long arm, long... arguments) throws Throwable {
        var all = Arrays.copyOf(arguments, 6);
        try (var arena = Arena.ofConfined()) {
            var layout = Linker.Option.captureStateLayout();
            var state = arena.allocate(layout);
            long result =
                    (long)
                            SYSCALL.invokeExact(
                                    state,
                                    IS_X86 ? x86 : arm,
                                    all[0],
                                    all[1],
                                    all[2],
                                    all[3],
                                    all[4],
                                    all[5]);
            long at = layout.byteOffset(MemoryLayout.PathElement.groupElement("errno"));
            return result == -1 ? -state.get(JAVA_INT, at) : result;
        }
    }

    private static void tell(String attempt, long result) {
        System.out.println(attempt + ' ' + Math.max(0, -result));
    }
}
