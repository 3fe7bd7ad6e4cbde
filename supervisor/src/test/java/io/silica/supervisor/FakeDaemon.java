// SPDX-License-Identifier: Apache-2.0
package io.silica.supervisor;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.silica.linux.Descriptor;
import io.silica.linux.Epoll;
import io.silica.linux.Pipe;
import io.silica.linux.Poller;
import io.silica.linux.SocketType;
import io.silica.linux.UnixAddress;
import io.silica.linux.UnixDatagram;
import io.silica.linux.UnixSocket;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A command that does what standard input says, and says on standard output that it is done. What
 * it parks are sockets with a number in them, by which they are known again.
 */
public final class FakeDaemon {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int FIRST = 3;

    private final Poller poller = Poller.start("fake-daemon");
    private final List<Parked> parked;

    private FakeDaemon(List<Parked> parked) {
        this.parked = parked;
    }

    /**
     * What was handed back.
     *
     * @param number of the descriptor
     */
    record Parked(int number, String name) {}

    /** How it is started by this JVM's Java. */
    public static List<String> command() {
        return List.of(
                System.getProperty("java.home") + "/bin/java",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                FakeDaemon.class.getName());
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        var daemon =
                new FakeDaemon(
                        System.getenv("SILICA_STANDBY") == null
                                ? inherited()
                                : FakeStandby.awaitTurn());
        System.out.printf(
                "started %d with %d descriptors, FDSTORE %s%n",
                ProcessHandle.current().pid(), daemon.parked.size(), System.getenv("FDSTORE"));
        var input = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        for (var line = input.readLine(); line != null; line = input.readLine()) {
            daemon.obey(line.split(" ", -1));
            System.out.println("done " + line.split(" ", 2)[0]);
        }
    }

    private static List<Parked> inherited() {
        var pid = System.getenv("LISTEN_PID");
        if (pid == null || Long.parseLong(pid) != ProcessHandle.current().pid()) {
            return List.of();
        }
        var names = List.of(System.getenv("LISTEN_FDNAMES").split(":", -1));
        if (names.size() != Integer.parseInt(System.getenv("LISTEN_FDS"))) {
            throw new IllegalStateException("LISTEN_FDNAMES has " + names.size() + " names");
        }
        return IntStream.range(0, names.size())
                .mapToObj(i -> new Parked(FIRST + i, names.get(i)))
                .toList();
    }

    private void obey(String[] words) throws InterruptedException {
        switch (words[0]) {
            case "park" -> park(words[1], Integer.parseInt(words[2]), Integer.parseInt(words[3]));
            case "remove" -> tell("FDSTOREREMOVE=1\nFDNAME=" + words[1]);
            case "barrier" -> barrier();
            case "tell" -> tell(words[1].replace(',', '\n'));
            case "check" -> check(words[1]);
            case "environment" -> System.out.println(words[1] + " is " + System.getenv(words[1]));
            case "exit" -> System.exit(Integer.parseInt(words[1]));
            case "die" -> Runtime.getRuntime().halt(Integer.parseInt(words[1]));
            default -> throw new IllegalArgumentException(words[0]);
        }
    }

    /** Parks as many sockets as wanted under the name and their number, as in d7. */
    private void park(String name, int first, int count) throws InterruptedException {
        for (int number = first; number < first + count; number++) {
            try (var socket = holding(number)) {
                tell("FDSTORE=1\nFDPOLL=0\nFDNAME=" + name + number, List.of(socket.descriptor()));
            }
        }
    }

    private static UnixSocket holding(int number) {
        var pair = UnixSocket.pair(SocketType.STREAM);
        try (var arena = Arena.ofConfined();
                var writer = pair.getFirst()) {
            writer.send(arena.allocateFrom(ValueLayout.JAVA_INT, number), 0, Integer.BYTES);
        }
        return pair.getLast();
    }

    /** Whether each descriptor that was handed back is the one of its name. */
    private void check(String name) {
        for (var one : parked) {
            try (var socket = new UnixSocket(Descriptor.adopt(one.number(), one.name()));
                    var arena = Arena.ofConfined()) {
                var number = arena.allocate(ValueLayout.JAVA_INT);
                socket.peek(number, 0, Integer.BYTES);
                var expected = name + number.get(ValueLayout.JAVA_INT, 0);
                if (!one.name().equals(expected)) {
                    throw new IllegalStateException(one.name() + " is " + expected);
                }
                socket.descriptor().take();
            }
        }
        System.out.println("checked " + parked.stream().map(Parked::name).distinct().count());
    }

    private void barrier() throws InterruptedException {
        try (var pipe = Pipe.open()) {
            tell("BARRIER=1", List.of(pipe.writer()));
            pipe.writer().close();
            if (!poller.await(pipe.reader(), Epoll.READABLE, LONG)) {
                throw new IllegalStateException("the barrier stays");
            }
        }
    }

    private void tell(String text) throws InterruptedException {
        tell(text, new ArrayList<>());
    }

    private void tell(String text, List<Descriptor> descriptors) throws InterruptedException {
        try (var manager = UnixDatagram.to(UnixAddress.parse(System.getenv("NOTIFY_SOCKET")))) {
            while (!manager.send(text.getBytes(UTF_8), descriptors)) {
                poller.await(manager.descriptor(), Epoll.WRITABLE, LONG);
            }
        }
    }
}
