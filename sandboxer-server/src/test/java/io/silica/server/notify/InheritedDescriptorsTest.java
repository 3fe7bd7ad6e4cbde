// SPDX-License-Identifier: Apache-2.0
package io.silica.server.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.linux.Descriptor;
import io.silica.linux.OpenFlag;
import io.silica.linux.Pipe;
import io.silica.linux.SocketType;
import io.silica.linux.UnixAddress;
import io.silica.linux.UnixListener;
import io.silica.linux.UnixSocket;
import io.silica.linux.leaks.LeakCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Numbers from 3 on are this JVM's own, so that those of the tests stand for them. */
@LeakCheck
class InheritedDescriptorsTest {
    private static final long PID = 4711;

    @TempDir private Path directory;

    @Test
    void withoutTheVariablesNothingIsInherited() {
        assertThat(inherited(Map.of(), List.of()).closeRest()).isEmpty();
    }

    @Test
    void aListenerIsFoundByItsNameAndItsPath() {
        try (var listener = listener("s")) {
            var inherited = inherited(environment(1, "controller"), List.of(listener.descriptor()));
            try (var found =
                    inherited.takeListener("controller", directory.resolve("s")).orElseThrow()) {
                assertThat(found.descriptor().number())
                        .isNotEqualTo(listener.descriptor().number());
                assertThat(found.isBoundTo(UnixAddress.of(directory.resolve("s")))).isTrue();
            }
            assertThat(inherited.takeListener("controller", directory.resolve("s"))).isEmpty();
            assertThat(inherited.closeRest()).isEmpty();
        }
    }

    @Test
    void aListenerOfAnotherPathOrWithoutItsFileIsNone() throws IOException {
        try (var listener = listener("s")) {
            assertThat(only(listener).takeListener("controller", directory.resolve("t"))).isEmpty();
            Files.delete(directory.resolve("s"));
            assertThat(only(listener).takeListener("controller", directory.resolve("s"))).isEmpty();
        }
    }

    @Test
    void aListenerThatIsSomethingElseIsNone() {
        var pair = UnixSocket.pair(SocketType.STREAM);
        try (var one = pair.getFirst();
                var _ = pair.getLast();
                var packets =
                        UnixListener.bind(
                                UnixAddress.of(directory.resolve("s")), SocketType.SEQPACKET, 1)) {
            for (var wrong : List.of(one.descriptor(), packets.descriptor())) {
                assertThat(
                                inherited(environment(1, "controller"), List.of(wrong))
                                        .takeListener("controller", directory.resolve("s")))
                        .isEmpty();
            }
        }
    }

    @Test
    void thoseOfAnotherProcessAreLeftAlone() {
        try (var listener = listener("s")) {
            var environment = new HashMap<>(environment(1, "controller"));
            environment.put("LISTEN_PID", "1");
            var inherited = inherited(environment, List.of(listener.descriptor()));
            assertThat(inherited.take("controller")).isEmpty();
            assertThat(inherited.closeRest()).isEmpty();
        }
    }

    @Test
    void whereTheCountsDifferOnlyWhatBothKnowIsInherited() {
        try (var pipe = Pipe.open()) {
            var both = List.of(pipe.reader(), pipe.writer());
            for (var environment :
                    List.of(
                            environment(1, "a:b"),
                            environment(7, "a"),
                            environment(99_999_999, "a"))) {
                var inherited = inherited(environment, both);
                assertThat(inherited.take("b")).isEmpty();
                inherited.closeRest();
            }
            for (var count : List.of("", "-1", "x", "1e3")) {
                var environment = new HashMap<>(environment(1, "a"));
                environment.put("LISTEN_FDS", count);
                assertThat(inherited(environment, both).closeRest()).isEmpty();
            }
            assertThat(inherited(environment(2, ""), both).closeRest()).isEmpty();
        }
    }

    @Test
    void aDescriptorThatIsNotOpenHindersNoOther() {
        try (var pipe = Pipe.open()) {
            pipe.writer().close();
            var inherited =
                    inherited(
                            environment(3, "a:b:c"),
                            List.of(pipe.writer(), pipe.reader(), pipe.reader()));
            assertThat(inherited.take("a")).isEmpty();
            inherited.take("b").orElseThrow().close();
            assertThat(inherited.closeRest()).containsExactly("c");
        }
    }

    @Test
    void whatNobodyKnowsIsClosedUnlessItMayBeOurOwn() throws IOException {
        try (var pipe = Pipe.open();
                var file = Descriptor.open(Path.of("/dev/null"), OpenFlag.READ)) {
            var unknown = Descriptor.adopt(pipe.reader().duplicate().take(), "pipe");
            var ours = Descriptor.adopt(file.duplicate().take(), "file");
            var inherited =
                    InheritedDescriptors.of(
                            environment(2, "pipe:file"),
                            PID,
                            (number, _) -> number == 3 ? unknown : ours);
            assertThat(inherited.closeRest()).containsExactly("pipe", "file");
            assertThat(open(unknown)).isFalse();
            assertThat(open(ours)).isTrue();
            Descriptor.adopt(ours.number(), "file").close();
        }
    }

    private static boolean open(Descriptor descriptor) {
        return Files.exists(Path.of("/proc/self/fd/" + descriptor.number()));
    }

    private static Map<String, String> environment(int count, String names) {
        return Map.of(
                "LISTEN_PID", Long.toString(PID),
                "LISTEN_FDS", Integer.toString(count),
                "LISTEN_FDNAMES", names);
    }

    private static InheritedDescriptors inherited(
            Map<String, String> environment, List<Descriptor> from3) {
        return InheritedDescriptors.of(
                environment,
                PID,
                (number, name) -> Descriptor.adopt(from3.get(number - 3).duplicate().take(), name));
    }

    private InheritedDescriptors only(UnixListener listener) {
        return inherited(environment(1, "controller"), List.of(listener.descriptor()));
    }

    private UnixListener listener(String name) {
        return UnixListener.bind(UnixAddress.of(directory.resolve(name)), SocketType.STREAM, 1);
    }
}
