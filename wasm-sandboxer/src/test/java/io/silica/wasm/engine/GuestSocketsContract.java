// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.silica.linux.Poller;
import io.silica.linux.TcpListener;
import io.silica.linux.leaks.LeakCheck;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What guests of every engine do with sockets; a subclass says which. */
@LeakCheck
public abstract class GuestSocketsContract {
    private static final long MEMORY = 1 << 20;

    private final Poller poller = Poller.start("silica-test-poller");
    private final TcpListener listener = TcpListener.bind(0, 8);
    private final int port = listener.port();

    @TempDir Path directory;

    /**
     * The engine under test.
     *
     * @param moduleLimit the most bytes that a module may have
     */
    protected abstract WasmEngine engine(long moduleLimit);

    @AfterEach
    void end() {
        listener.close();
        poller.close();
    }

    @Test
    void aGuestAnswersOneConnectionAfterTheOther() throws IOException {
        var guest = guest(SocketModules.ECHOES);
        var large = "x".repeat(1 << 20);
        assertThat(echo("one")).isEqualTo("one");
        assertThat(echo("")).isEmpty();
        assertThat(echo(large)).isEqualTo(large);
        assertThat(guest.end()).isEqualTo(new GuestExit.Interrupted());
        listener.close();
        assertThatExceptionOfType(ConnectException.class).isThrownBy(this::connect);
    }

    @Test
    void oneThatDoesNotWaitIsToldWhenThereIsSomethingToDo() throws IOException {
        var guest = guest(SocketModules.POLLS).awaitThread(Thread.State.TIMED_WAITING);
        assertThat(echo("polled")).isEqualTo("polled");
        assertThat(guest.exit()).isEqualTo(new GuestExit.Exited(0));
    }

    @ParameterizedTest
    @ValueSource(strings = {SocketModules.ECHOES, SocketModules.WAITS})
    void aGuestThatWaitsForAConnectionIsEnded(String module) {
        var guest = guest(module).awaitThread(Thread.State.WAITING, Thread.State.TIMED_WAITING);
        assertThat(guest.end()).isEqualTo(new GuestExit.Interrupted());
    }

    @Test
    void aGuestWhosePeerSendsNothingMoreIsEnded() throws IOException {
        var guest = guest(SocketModules.ECHOES);
        try (var socket = connect()) {
            socket.getOutputStream().write('x');
            assertThat(socket.getInputStream().read()).isEqualTo('x');
            guest.awaitThread(Thread.State.WAITING, Thread.State.TIMED_WAITING);
            assertThat(guest.end()).isEqualTo(new GuestExit.Interrupted());
        }
    }

    @Test
    void aGuestWhosePeerReadsNothingMoreIsEnded() throws IOException {
        var guest = guest(SocketModules.SENDS_FOR_EVER);
        try (var socket = connect()) {
            assertThat(socket.getInputStream().read()).isZero();
            guest.awaitThread(Thread.State.WAITING, Thread.State.TIMED_WAITING);
            assertThat(guest.end()).isEqualTo(new GuestExit.Interrupted());
        }
    }

    /** Numbers of WASI: EINVAL 28, ENOTCONN 53, ENOTSOCK 57, ENOTSUP 58, EBADF 8. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "57 | (call $accept (i32.const 1) (i32.const 0) (i32.const 8))",
                "57 | (call $accept (i32.const 4) (i32.const 0) (i32.const 8))",
                "8  | (call $accept (i32.const 5) (i32.const 0) (i32.const 8))",
                "28 | (call $accept (i32.const 3) (i32.const 3) (i32.const 8))",
                "53 | (call $shutdown (i32.const 3) (i32.const 2))",
                "57 | (call $shutdown (i32.const 0) (i32.const 2))",
                "28 | (call $shutdown (i32.const 3) (i32.const 4))",
                "53 | (call $read (i32.const 3) (i32.const 0) (i32.const 1) (i32.const 8))",
                "53 | (call $write (i32.const 3) (i32.const 0) (i32.const 1) (i32.const 8))",
                "58 | (call $recv (i32.const 3) (i32.const 0) (i32.const 1) (i32.const 2) (i32.const 8) (i32.const 12))",
                "28 | (call $send (i32.const 3) (i32.const 0) (i32.const 1) (i32.const 1) (i32.const 8))",
                "28 | (call $flags (i32.const 3) (i32.const 1))"
            })
    void whatMakesNoSenseIsAnErrno(int errno, String call) {
        assertThat(guest(SocketModules.calls(call)).exit()).isEqualTo(new GuestExit.Exited(errno));
    }

    /** Who looks for directories passes over what it does not know, and ends at the first EBADF. */
    @Test
    void aSocketDoesNotHideTheDirectoriesBehindIt() {
        var first = "(call $prestat (i32.const 3) (i32.const 64))";
        assertThat(guest(SocketModules.calls(first)).exit()).isEqualTo(new GuestExit.Exited(0));
        var tag = "(i32.add " + first + " (i32.load (i32.const 64)))";
        assertThat(guest(SocketModules.calls(tag)).exit()).isEqualTo(new GuestExit.Exited(1));
        var second = "(call $prestat (i32.const 4) (i32.const 64))";
        assertThat(guest(SocketModules.calls(second)).exit()).isEqualTo(new GuestExit.Exited(0));
    }

    private RunningGuest guest(String module) {
        var engine = engine(MEMORY);
        var socket = new WasiConfig.Listener(listener.descriptor().duplicate(), poller);
        var config =
                new WasiConfig(
                        List.of("/app.wasm"),
                        List.of(),
                        InputStream.nullInputStream(),
                        OutputStream.nullOutputStream(),
                        OutputStream.nullOutputStream(),
                        List.of(socket),
                        List.of(new WasiConfig.Preopen("/", directory, false)),
                        new MemoryAllowance(MEMORY, new MemoryBudget(MEMORY)));
        var instance = engine.instantiate(engine.compile(GuestModules.binary(module)), config);
        return new RunningGuest(instance);
    }

    private Socket connect() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), port);
    }

    private String echo(String text) throws IOException {
        try (var socket = connect()) {
            var sender =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    socket.getOutputStream().write(text.getBytes(UTF_8));
                                    socket.shutdownOutput();
                                } catch (IOException e) {
                                    throw new AssertionError(e);
                                }
                            });
            var answer = new String(socket.getInputStream().readAllBytes(), UTF_8);
            sender.join();
            return answer;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
