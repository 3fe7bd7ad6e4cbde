// SPDX-License-Identifier: Apache-2.0
package io.silica.supervisor;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.silica.linux.Descriptor;
import io.silica.linux.Epoll;
import io.silica.linux.Poller;
import io.silica.linux.UnixSocket;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A {@link FakeDaemon} that waits for its turn; the environment says what is wrong with it. */
final class FakeStandby implements AutoCloseable {
    /** {@code dies} before its turn, or {@code sleeps} in it. */
    static final String FAULT = "SILICA_FAKE_STANDBY";

    private static final int NUMBER = 3;
    private static final int DESCRIPTORS = 253;
    private static final Duration LONG = Duration.ofMinutes(5);

    private final UnixSocket socket = new UnixSocket(Descriptor.adopt(NUMBER, "standby"));
    private final Poller poller = Poller.start("fake-standby");
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment buffer = arena.allocate(1 << 14);

    private FakeStandby() {}

    /** Returns when it is the command, with what was parked. */
    static List<FakeDaemon.Parked> awaitTurn() throws InterruptedException {
        System.out.printf("standby %d%n", ProcessHandle.current().pid());
        var fault = System.getenv().getOrDefault(FAULT, "");
        if (fault.equals("dies")) {
            Runtime.getRuntime().halt(1);
        }
        try (var standby = new FakeStandby()) {
            standby.say("rehearsed");
            var parked = standby.receiveAll();
            if (fault.equals("sleeps")) {
                Thread.sleep(LONG);
            }
            standby.say("going");
            return parked;
        }
    }

    private List<FakeDaemon.Parked> receiveAll() throws InterruptedException {
        var parked = new ArrayList<FakeDaemon.Parked>();
        while (true) {
            poller.await(socket.descriptor(), Epoll.READABLE, LONG);
            var message = socket.receive(buffer, DESCRIPTORS);
            if (message.bytes() < 0) {
                Runtime.getRuntime().halt(0);
            }
            var text = buffer.asSlice(0, message.bytes()).toArray(ValueLayout.JAVA_BYTE);
            if (message.descriptors().isEmpty()) {
                return parked;
            }
            var names = new String(text, UTF_8).split(":", -1);
            for (int i = 0; i < message.descriptors().size(); i++) {
                int number = message.descriptors().get(i).take();
                parked.add(new FakeDaemon.Parked(number, names[i]));
            }
        }
    }

    private void say(String word) {
        var text = arena.allocateFrom(word, UTF_8);
        socket.send(text, 0, text.byteSize() - 1);
    }

    @Override
    public void close() {
        socket.close();
        poller.close();
        arena.close();
    }
}
