// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.silica.linux.leaks.LeakCheck;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@LeakCheck
class UnixSocketTest {
    @TempDir private Path directory;

    @ParameterizedTest
    @EnumSource(names = {"STREAM", "SEQPACKET"})
    void aConnectionCarriesBytesBothWays(SocketType type) {
        var address = UnixAddress.of(directory.resolve("s"));
        try (var listener = UnixListener.bind(address, type, 8)) {
            assertThat(listener.accept()).isEmpty();
            try (var client = UnixSocket.connect(address, type);
                    var server = listener.accept().orElseThrow()) {
                assertThat(client.send(Memory.of("ping"), 0, 4)).isEqualTo(4);
                assertThat(server.send(Memory.of("pong!"), 0, 5)).isEqualTo(5);
                assertThat(receive(server)).isEqualTo("ping");
                assertThat(receive(client)).isEqualTo("pong!");
                assertThat(server.receive(Memory.room(1), 0, 1)).isZero();
                client.close();
                assertThat(server.receive(Memory.room(1), 0, 1)).isEqualTo(-1);
            }
        }
    }

    @Test
    void whatADescriptorIsCanBeTold() {
        var address = UnixAddress.of(directory.resolve("s"));
        var pair = UnixSocket.pair(SocketType.STREAM);
        try (var listener = UnixListener.bind(address, SocketType.SEQPACKET, 1);
                var one = pair.getFirst();
                var _ = pair.getLast();
                var file = Descriptor.open(directory, OpenFlag.READ)) {
            assertThat(UnixListener.isOne(listener.descriptor(), SocketType.SEQPACKET)).isTrue();
            assertThat(UnixListener.isOne(listener.descriptor(), SocketType.STREAM)).isFalse();
            assertThat(UnixListener.isOne(one.descriptor(), SocketType.STREAM)).isFalse();
            assertThat(UnixSocket.isOne(one.descriptor(), SocketType.STREAM)).isTrue();
            assertThat(UnixSocket.isOne(listener.descriptor(), SocketType.SEQPACKET)).isFalse();
            assertThat(UnixSocket.isOne(file, SocketType.STREAM)).isFalse();
        }
    }

    @Test
    void aListenerKnowsWhereItIsBound() {
        var address = UnixAddress.of(directory.resolve("s"));
        try (var listener = UnixListener.bind(address, SocketType.STREAM, 1)) {
            assertThat(listener.isBoundTo(address)).isTrue();
            assertThat(listener.isBoundTo(UnixAddress.of(directory.resolve("ss")))).isFalse();
            assertThat(listener.isBoundTo(UnixAddress.of(directory))).isFalse();
        }
    }

    @Test
    void thePeerIsKnown() {
        var pair = UnixSocket.pair(SocketType.STREAM);
        try (var one = pair.getFirst();
                var _ = pair.getLast()) {
            assertThat(one.peer().pid()).isEqualTo((int) ProcessHandle.current().pid());
            assertThat(one.peer().uid()).isBetween(0L, 0xFFFF_FFFFL);
        }
    }

    @Test
    void aSocketFileIsForItsOwnerOnly() throws IOException {
        var file = directory.resolve("s");
        try (var _ = UnixListener.bind(UnixAddress.of(file), SocketType.STREAM, 1)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void aPathOf107BytesIsBoundAndOneOf108IsRefused() {
        var longest = ofLength(UnixAddress.MAX_BYTES);
        try (var _ = UnixListener.bind(UnixAddress.of(longest), SocketType.STREAM, 1);
                var client = UnixSocket.connect(UnixAddress.of(longest), SocketType.STREAM)) {
            assertThat(client.descriptor().isOpen()).isTrue();
        }
        var tooLong = UnixAddress.of(ofLength(UnixAddress.MAX_BYTES + 1));
        assertThatThrownBy(() -> UnixListener.bind(tooLong, SocketType.STREAM, 1))
                .asInstanceOf(type(LinuxException.class))
                .returns("bind", LinuxException::call)
                .returns(Errno.ENAMETOOLONG, LinuxException::errno);
    }

    @Test
    void aStaleFileIsAddressInUseAndNobodyListensAtIt() {
        var address = UnixAddress.of(directory.resolve("s"));
        UnixListener.bind(address, SocketType.STREAM, 1).close();
        assertThatThrownBy(() -> UnixListener.bind(address, SocketType.STREAM, 1))
                .hasMessageContaining("EADDRINUSE");
        assertThatThrownBy(() -> UnixSocket.connect(address, SocketType.STREAM))
                .hasMessageContaining("ECONNREFUSED");
    }

    @Test
    void theCursorOfAPeekMovesOnAndReceivingTakesItBack() {
        var pair = UnixSocket.pair(SocketType.STREAM);
        try (var sender = pair.getFirst();
                var reader = pair.getLast()) {
            assertThat(reader.peekOffset()).isEqualTo(-1);
            reader.peekOffset(0);
            sender.send(Memory.of("abcdef"), 0, 6);
            var room = Memory.room(4);
            assertThat(reader.peek(room, 0, 4)).isEqualTo(4);
            assertThat(reader.peekOffset()).isEqualTo(4);
            assertThat(reader.receive(room, 0, 4)).isEqualTo(4);
            assertThat(reader.peekOffset()).isZero();
            assertThat(reader.peek(room, 1, 3)).isEqualTo(2);
            assertThat(Memory.text(room, 4)).isEqualTo("aefd");
            assertThat(reader.peek(room, 0, 4)).isZero();
        }
    }

    @Test
    void aSendBufferTakesAWholeFrameAtOnce() {
        var pair = UnixSocket.pair(SocketType.STREAM);
        try (var sender = pair.getFirst();
                var _ = pair.getLast()) {
            int size = 4 * 1024 * 1024 + 10;
            if (sender.sendBuffer(16 * 1024 * 1024) >= 16 * 1024 * 1024) {
                assertThat(sender.send(Memory.room(size), 0, size)).isEqualTo(size);
            }
        }
    }

    @Test
    void aFullSocketTakesNothing() {
        var pair = UnixSocket.pair(SocketType.STREAM);
        try (var sender = pair.getFirst();
                var _ = pair.getLast()) {
            var chunk = Memory.room(64 * 1024);
            int taken;
            do {
                taken = sender.send(chunk, 0, chunk.byteSize());
            } while (taken > 0);
            assertThat(taken).isZero();
        }
    }

    @Test
    void sendingToNobodyIsBrokenPipe() {
        var pair = UnixSocket.pair(SocketType.STREAM);
        try (var sender = pair.getFirst()) {
            pair.getLast().close();
            assertThatThrownBy(() -> sender.send(Memory.of("x"), 0, 1))
                    .asInstanceOf(type(LinuxException.class))
                    .returns(Errno.EPIPE, LinuxException::errno);
        }
    }

    @Test
    void descriptorsTravelInOrder() {
        var pair = UnixSocket.pair(SocketType.STREAM);
        try (var sender = pair.getFirst();
                var receiver = pair.getLast();
                var pipe = Pipe.open()) {
            sender.send(Memory.of("x"), List.of(pipe.reader(), pipe.writer()));
            try (var received = receiver.receive(Memory.room(8), 2)) {
                assertThat(received.bytes()).isOne();
                assertThat(received.descriptors()).hasSize(2);
                received.descriptors().getLast().write(Memory.of("through"), 0, 7);
                assertThat(pipe.reader().read(Memory.room(7), 0, 7)).isEqualTo(7);
            }
        }
    }

    @Test
    void asManyDescriptorsAsTheKernelAllowsTravelAtOnce() {
        var pair = UnixSocket.pair(SocketType.SEQPACKET);
        try (var sender = pair.getFirst();
                var receiver = pair.getLast();
                var pipe = Pipe.open()) {
            var many = Collections.nCopies(Message.MAX_DESCRIPTORS, pipe.reader());
            assertThat(sender.send(Memory.of("x"), many)).isOne();
            try (var received = receiver.receive(Memory.room(8), Message.MAX_DESCRIPTORS)) {
                assertThat(received.descriptors()).hasSize(Message.MAX_DESCRIPTORS);
            }
        }
    }

    @Test
    void moreDescriptorsThanExpectedAreAnErrorAndNoneStaysOpen() {
        var pair = UnixSocket.pair(SocketType.STREAM);
        try (var sender = pair.getFirst();
                var receiver = pair.getLast();
                var pipe = Pipe.open()) {
            sender.send(Memory.of("x"), List.of(pipe.writer(), pipe.writer()));
            assertThatThrownBy(() -> receiver.receive(Memory.room(8), 1))
                    .asInstanceOf(type(LinuxException.class))
                    .returns(Errno.EMSGSIZE, LinuxException::errno);
            pipe.writer().close();
            assertThat(pipe.reader().read(Memory.room(1), 0, 1)).as("the end").isEqualTo(-1);
        }
    }

    @Test
    void aMessageLongerThanTheBufferIsAnError() {
        var pair = UnixSocket.pair(SocketType.SEQPACKET);
        try (var sender = pair.getFirst();
                var receiver = pair.getLast()) {
            sender.send(Memory.of("long"), 0, 4);
            assertThatThrownBy(() -> receiver.receive(Memory.room(2), 0))
                    .hasMessageContaining("EMSGSIZE");
        }
    }

    @Test
    void aDatagramReachesAPathAndAnAbstractName() {
        for (var text :
                List.of(
                        directory.resolve("notify").toString(),
                        "@silica-test-" + ProcessHandle.current().pid())) {
            var address = UnixAddress.parse(text);
            try (var receiver = UnixDatagram.at(address);
                    var sender = UnixDatagram.to(address);
                    var pipe = Pipe.open()) {
                assertThat(
                                sender.send(
                                        "READY=1".getBytes(StandardCharsets.UTF_8),
                                        List.of(pipe.writer())))
                        .isTrue();
                var room = Memory.room(64);
                try (var received = receiver.receive(room, 4)) {
                    assertThat(Memory.text(room, received.bytes())).isEqualTo("READY=1");
                    assertThat(received.descriptors()).hasSize(1);
                }
            }
        }
    }

    private Path ofLength(int bytes) {
        return directory.resolve("s".repeat(bytes - directory.toString().length() - 1));
    }

    private static String receive(UnixSocket socket) {
        var room = Memory.room(64);
        return Memory.text(room, socket.receive(room, 0, 64));
    }
}
