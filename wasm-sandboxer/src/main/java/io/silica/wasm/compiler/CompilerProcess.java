// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.compiler;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.silica.linux.Descriptor;
import io.silica.linux.Epoll;
import io.silica.linux.Errno;
import io.silica.linux.LinuxException;
import io.silica.linux.Niceness;
import io.silica.linux.Pidfd;
import io.silica.linux.Pipe;
import io.silica.linux.Poller;
import io.silica.linux.ResourceLimit;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Undo;
import io.silica.wasm.confinement.ConfinedProcess;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * The process that compiles one module. It ends with {@link #close} at the latest, and by itself
 * when this process dies.
 *
 * <p>For one thread; {@link #kill} is any thread's.
 */
final class CompilerProcess implements AutoCloseable {
    /** Before the guests of the usual share, and after all that serves. */
    private static final int NICE = 5;

    /** Processor time besides that of the clock: none of it is anybody's who waits. */
    private static final long MORE_SECONDS = 2;

    private static final int CHUNK = 64 << 10;
    private static final String FIRST_TO_GO = "1000";
    private static final String STANDARD_ERROR = "standard error";

    private final ConfinedProcess process;
    private final Pipe answer;
    private final Pipe wanted;
    private final CompilerLimits limits;
    private final Poller poller;
    private final long end;

    private CompilerProcess(
            ConfinedProcess process,
            Pipe answer,
            Pipe wanted,
            CompilerLimits limits,
            Poller poller) {
        this.process = process;
        this.answer = answer;
        this.wanted = wanted;
        this.limits = limits;
        this.poller = poller;
        this.end = System.nanoTime() + limits.time().toNanos();
    }

    /**
     * Starts it.
     *
     * @param module the one that it compiles
     * @throws SandboxException.Unavailable if it can't be confined
     */
    static CompilerProcess start(
            CompilerCommand command, CompilerLimits limits, Descriptor module, Poller poller) {
        try (var undo = new Undo()) {
            var answer = undo.owns(Pipe.open());
            var wanted = undo.owns(Pipe.open());
            var process = start(command, limits, module, answer, wanted, poller);
            answer.writer().close();
            wanted.reader().close();
            undo.keep();
            return new CompilerProcess(process, answer, wanted, limits, poller);
        }
    }

    private static ConfinedProcess start(
            CompilerCommand command,
            CompilerLimits limits,
            Descriptor module,
            Pipe answer,
            Pipe wanted,
            Poller poller) {
        var errors = Descriptor.adopt(2, STANDARD_ERROR);
        try {
            var descriptors =
                    Map.of(
                            0,
                            wanted.reader(),
                            2,
                            errors,
                            CompilerMain.MODULE,
                            module,
                            CompilerMain.ANSWER,
                            answer.writer());
            return ConfinedProcess.start(
                    command.confinement(),
                    new ConfinedProcess.Program(
                            command.program(),
                            command.arguments(),
                            command.environment(),
                            descriptors),
                    poller,
                    process -> limit(process.pid(), limits));
        } finally {
            errors.take();
        }
    }

    /** Before it is the program. A machine without memory kills it first. */
    private static void limit(int pid, CompilerLimits limits) {
        ResourceLimit.CPU_SECONDS.set(pid, limits.time().toSeconds() + MORE_SECONDS);
        ResourceLimit.ADDRESS_BYTES.set(pid, CompilerCommand.OWN_ADDRESSES + limits.memory());
        ResourceLimit.FILE_BYTES.set(pid, 0);
        ResourceLimit.CORE_BYTES.set(pid, 0);
        Niceness.ofProcess(pid, NICE);
        try {
            Files.writeString(Path.of("/proc/%d/oom_score_adj".formatted(pid)), FIRST_TO_GO);
        } catch (IOException e) {
            throw new SandboxException.Failed("cannot limit a compiler: " + e.getMessage(), e);
        }
    }

    /**
     * Waits for what it makes of the module.
     *
     * @param compiled gets it
     * @throws CompilerException if that is nothing
     * @throws IOException if it can't be written
     */
    void await(FreshFile compiled) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var header = arena.allocate(Answer.HEADER);
            fill(header);
            long length = Answer.length(header);
            switch (Answer.kind(header)) {
                case Answer.COMPILED -> take(length, compiled, arena);
                case Answer.REFUSED -> throw new CompilerException.Refused(words(length, arena));
                case Answer.UNABLE -> throw new CompilerException.Unavailable(words(length, arena));
                default -> throw ended();
            }
        }
    }

    private void take(long length, FreshFile compiled, Arena arena) throws IOException {
        if (length < 0 || length > limits.largest()) {
            throw new CompilerException.TooMuch(
                    "compiled it has %d bytes, and half of the memory to compile it in is the limit: wasm.compiler-memory is %d bytes"
                            .formatted(length, limits.memory()));
        }
        var buffer = arena.allocate(CHUNK);
        long left = length;
        while (left > 0) {
            int count = read(buffer, 0, Math.min(left, CHUNK));
            compiled.write(buffer.asSlice(0, count).asByteBuffer());
            left -= count;
        }
    }

    private String words(long length, Arena arena) {
        if (length < 0 || length > Answer.WORDS) {
            throw ended();
        }
        var bytes = arena.allocate(length);
        fill(bytes);
        return new String(bytes.toArray(JAVA_BYTE), UTF_8);
    }

    private void fill(MemorySegment buffer) {
        long at = 0;
        while (at < buffer.byteSize()) {
            at += read(buffer, at, buffer.byteSize() - at);
        }
    }

    private int read(MemorySegment buffer, long offset, long length) {
        try {
            var left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
            if (!poller.await(answer.reader(), Epoll.READABLE, left)) {
                throw new CompilerException.TooLong(
                        "compiling it takes longer than %d ms, which is all that it may: wasm.compiler-time"
                                .formatted(limits.time().toMillis()));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new SandboxException.Cancelled("interrupted while a module was compiled");
        }
        int count = answer.reader().read(buffer, offset, length);
        if (count < 0) {
            throw ended();
        }
        return count;
    }

    private CompilerException ended() {
        return new CompilerException.TooMuch(
                "its compiler ended before it was done: it needs more than the %d bytes of memory that it may use, wasm.compiler-memory, or nests too deeply; the log may know more"
                        .formatted(limits.memory()));
    }

    /** Ends it, so that whoever waits for it is told. */
    void kill() {
        try {
            process.pidfd().signal(Pidfd.SIGKILL);
        } catch (LinuxException e) {
            if (e.errno() != Errno.EBADF) {
                throw e;
            }
            // It is closed, and so has ended.
        }
    }

    @Override
    public void close() {
        try {
            process.end();
        } finally {
            answer.close();
            wanted.close();
        }
    }
}
