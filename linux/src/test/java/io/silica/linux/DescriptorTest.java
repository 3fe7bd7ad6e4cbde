// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.silica.linux.leaks.LeakCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@LeakCheck
class DescriptorTest {
    @TempDir private Path directory;

    @Test
    void aMissingPathIsNamedWithCallAndReason() {
        assertThatThrownBy(() -> Descriptor.open(directory.resolve("none"), OpenFlag.READ))
                .isInstanceOf(LinuxException.class)
                .hasMessage(
                        "openat %s: no such file or directory (ENOENT)", directory.resolve("none"))
                .asInstanceOf(type(LinuxException.class))
                .returns("openat", LinuxException::call)
                .returns(directory.resolve("none").toString(), LinuxException::subject)
                .returns(Errno.ENOENT, LinuxException::errno);
    }

    @Test
    void whatIsReservedIsThereToTheLastBlock() throws Exception {
        var file = directory.resolve("reserved");
        try (var descriptor =
                Descriptor.open(file, OpenFlag.READ_WRITE, OpenFlag.CREATE, OpenFlag.EXCLUSIVE)) {
            descriptor.reserve(1 << 20);
        }

        assertThat(file).hasSize(1 << 20);
        assertThat(blocks(file)).isGreaterThanOrEqualTo((1 << 20) / 512);
    }

    @Test
    void whatThereIsNoRoomForIsNotReserved() {
        var file = directory.resolve("too-large");
        try (var descriptor =
                Descriptor.open(file, OpenFlag.READ_WRITE, OpenFlag.CREATE, OpenFlag.EXCLUSIVE)) {
            assertThatThrownBy(() -> descriptor.reserve(1L << 50))
                    .asInstanceOf(type(LinuxException.class))
                    .extracting(LinuxException::errno)
                    .isIn(Errno.ENOSPC, Errno.EFBIG);
        }
    }

    /** How many blocks of 512 bytes a file takes on its device. */
    private static long blocks(Path file) throws Exception {
        var stat = new ProcessBuilder("stat", "-c", "%b", file.toString()).start();
        return Long.parseLong(stat.inputReader().readLine());
    }

    @Test
    void whatIsWrittenIsRead() {
        try (var pipe = Pipe.open()) {
            assertThat(pipe.writer().write(Memory.of("hello"), 1, 3)).isEqualTo(3);
            var room = Memory.room(16);
            assertThat(pipe.reader().read(room, 0, 16)).isEqualTo(3);
            assertThat(Memory.text(room, 3)).isEqualTo("ell");
        }
    }

    @Test
    void theEndIsMinusOneAndNothingYetIsZero() {
        try (var pipe = Pipe.open()) {
            pipe.reader().nonBlocking(true);
            assertThat(pipe.reader().read(Memory.room(1), 0, 1)).isZero();
            pipe.writer().close();
            assertThat(pipe.reader().read(Memory.room(1), 0, 1)).isEqualTo(-1);
        }
    }

    @Test
    void nobodyAtTheOtherEndIsBrokenPipe() {
        try (var pipe = Pipe.open()) {
            pipe.reader().close();
            assertThatThrownBy(() -> pipe.writer().write(Memory.of("x"), 0, 1))
                    .asInstanceOf(type(LinuxException.class))
                    .returns(Errno.EPIPE, LinuxException::errno);
        }
    }

    @Test
    void everyDescriptorIsCloseOnExec() throws IOException {
        try (var pipe = Pipe.open();
                var copy = pipe.reader().duplicate();
                var file = Descriptor.open(directory, OpenFlag.READ, OpenFlag.DIRECTORY);
                var epoll = Epoll.create(1);
                var event = EventFd.create()) {
            for (var descriptor :
                    new Descriptor[] {pipe.reader(), copy, file, event.descriptor()}) {
                assertThat(flags(descriptor)).as(descriptor.label()).matches("0*2[0-7]{6}");
            }
        }
    }

    @Test
    void anAdoptedDescriptorBecomesCloseOnExec() throws IOException {
        try (var pipe = Pipe.open()) {
            pipe.reader().call(Syscall.FCNTL, 2, 0);
            assertThat(flags(pipe.reader())).doesNotMatch("0*2[0-7]{6}");
            try (var adopted = Descriptor.adopt(pipe.reader().take(), "adopted")) {
                assertThat(flags(adopted)).matches("0*2[0-7]{6}");
            }
        }
    }

    @Test
    void aNumberThatIsNotOpenCannotBeAdopted() {
        assertThatThrownBy(() -> Descriptor.adopt(99_999, "nothing")).hasMessageContaining("EBADF");
    }

    @Test
    void whatWasTakenStaysOpen() {
        try (var pipe = Pipe.open()) {
            int number = pipe.reader().take();
            assertThat(pipe.reader().isOpen()).isFalse();
            pipe.reader().close();
            try (var owner = Descriptor.adopt(number, "taken")) {
                assertThat(owner.isOpen()).isTrue();
            }
        }
    }

    @Test
    void aClosedDescriptorRefusesInsteadOfUsingAStrangersNumber() {
        try (var pipe = Pipe.open();
                var closed = pipe.reader().duplicate()) {
            closed.close();
            closed.close();
            try (var stranger = pipe.reader().duplicate()) {
                assertThat(stranger.number()).isEqualTo(closed.number());
                assertThatThrownBy(() -> closed.read(Memory.room(1), 0, 1))
                        .hasMessageContaining("EBADF");
                assertThat(stranger.isOpen()).isTrue();
            }
        }
    }

    @Test
    void whenNoNumberIsLeftTheReasonSaysSo() {
        var copies = new ArrayList<Descriptor>();
        try (var pipe = Pipe.open()) {
            var refusal = catchThrowable(() -> duplicateForEver(pipe.reader(), copies));
            copies.forEach(Descriptor::close);
            assertThat(refusal)
                    .asInstanceOf(type(LinuxException.class))
                    .returns("fcntl", LinuxException::call)
                    .returns(Errno.EMFILE, LinuxException::errno);
        }
    }

    @Test
    void aPartBeyondTheBufferIsRefused() {
        try (var pipe = Pipe.open()) {
            assertThatThrownBy(() -> pipe.writer().write(Memory.room(4), 2, 3))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @SuppressWarnings("InfiniteLoop")
    private static void duplicateForEver(Descriptor descriptor, List<Descriptor> copies) {
        while (true) {
            copies.add(descriptor.duplicate());
        }
    }

    private static String flags(Descriptor descriptor) throws IOException {
        try (var lines = Files.lines(Path.of("/proc/self/fdinfo/" + descriptor.number()))) {
            return lines.filter(l -> l.startsWith("flags:"))
                    .map(l -> l.substring(6).strip())
                    .findFirst()
                    .orElseThrow();
        }
    }
}
