// SPDX-License-Identifier: Apache-2.0
package io.silica.server.events;

import com.google.protobuf.Empty;
import io.silica.proto.containerd.events.ttrpc.ForwardRequest;
import io.silica.proto.containerd.types.Envelope;
import io.silica.ttrpc.CallContext;
import io.silica.ttrpc.Dispatch;
import io.silica.ttrpc.ServerConfig;
import io.silica.ttrpc.ServiceDefinition;
import io.silica.ttrpc.StatusCode;
import io.silica.ttrpc.TtrpcException;
import io.silica.ttrpc.TtrpcServer;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** containerd's events service, as a test wants it to behave. */
final class FakeContainerd implements AutoCloseable {
    private final Path socket;
    private final BlockingQueue<Envelope> received = new LinkedBlockingQueue<>();
    private final CountDownLatch released = new CountDownLatch(1);
    private @Nullable TtrpcServer server;
    private volatile Predicate<Envelope> refuses = _ -> false;
    private volatile Predicate<Envelope> hangs = _ -> false;

    FakeContainerd(Path socket) {
        this.socket = socket;
    }

    FakeContainerd refusing(Predicate<Envelope> events) {
        refuses = events;
        return this;
    }

    FakeContainerd hangingOn(Predicate<Envelope> events) {
        hangs = events;
        return this;
    }

    FakeContainerd start() throws IOException {
        Files.deleteIfExists(socket);
        ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(socket));
        var service =
                ServiceDefinition.named("containerd.services.events.ttrpc.v1.Events")
                        .unary("Forward", ForwardRequest.parser(), this::forward, Dispatch.BLOCKING)
                        .build();
        var started = new TtrpcServer(ServerConfig.of(service));
        started.listen(listener);
        server = started;
        return this;
    }

    void stop() {
        TtrpcServer running = server;
        server = null;
        if (running != null) {
            running.close();
        }
    }

    /** Answers what it hangs on. */
    void answerAgain() {
        hangs = _ -> false;
        released.countDown();
    }

    /** The next event that arrives; waits for it. */
    Envelope next() throws InterruptedException {
        Envelope event = received.poll(30, TimeUnit.SECONDS);
        if (event == null) {
            throw new AssertionError("no event has come");
        }
        return event;
    }

    private Empty forward(ForwardRequest request, CallContext context) throws InterruptedException {
        Envelope event = request.getEnvelope();
        received.add(event);
        if (hangs.test(event)) {
            released.await();
        }
        if (refuses.test(event)) {
            throw new TtrpcException(StatusCode.INVALID_ARGUMENT, "not wanted");
        }
        return Empty.getDefaultInstance();
    }

    @Override
    public void close() {
        released.countDown();
        stop();
    }
}
