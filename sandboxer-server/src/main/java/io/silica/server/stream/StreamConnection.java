// SPDX-License-Identifier: Apache-2.0
package io.silica.server.stream;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import com.google.protobuf.InvalidProtocolBufferException;
import io.silica.proto.containerd.transfer.Data;
import io.silica.proto.containerd.transfer.WindowUpdate;
import io.silica.server.wire.BareAny;
import io.silica.ttrpc.CallContext;
import io.silica.ttrpc.MessageSink;
import io.silica.ttrpc.MessageSource;
import io.silica.ttrpc.StatusCode;
import io.silica.ttrpc.TtrpcException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A stream as containerd has it. Each side sends what the other has granted room for: whoever
 * receives bytes sends window updates.
 *
 * <p>The thread that made it runs {@link #begin} and {@link #carry}; any thread may call the rest.
 */
final class StreamConnection {
    /** What containerd grants itself at a time, and so do we. */
    static final int WINDOW = 64 << 10;

    private static final long MOST = 1L << 30;
    private static final Any READY = BareAny.pack(Empty.getDefaultInstance());
    private static final String DATA = Data.getDescriptor().getFullName();
    private static final String UPDATE = WindowUpdate.getDescriptor().getFullName();

    private final String id;
    private final MessageSource<Any> messages;
    private final MessageSink<Any> answers;
    private final Thread carrier = Thread.currentThread();
    private final CountDownLatch parted = new CountDownLatch(1);
    private final ReentrantLock sending = new ReentrantLock();
    private volatile Phase phase = Phase.OPEN;
    private @Nullable StreamUser user;

    /** Whether containerd has closed it, and whether it is over. */
    private boolean closed;

    private volatile boolean gone;

    /** What containerd takes. */
    private long window;

    /** What containerd may send, and what of it was taken since it was told last. */
    private long granted;

    private long taken;

    private enum Phase {
        OPEN,
        ENDED,
        REPLACED
    }

    StreamConnection(
            String id, MessageSource<Any> messages, MessageSink<Any> answers, CallContext context) {
        this.id = id;
        this.messages = messages;
        this.answers = answers;
        context.onParting(() -> {
            parted.countDown();
            // containerd has a connection for each stream, and up to 2.2 never closes it.
            context.endConnection();
        });
    }

    String id() {
        return id;
    }

    /** Makes it known and then tells containerd so. Nothing is sent before. */
    void begin(StreamTable table) {
        Optional<StreamUser> found;
        sending.lock();
        try {
            found = table.connected(this);
            answers.send(READY);
        } finally {
            sending.unlock();
        }
        found.ifPresent(this::use);
    }

    /** Who has the other side; only the first one counts, and none when it is over. */
    void use(StreamUser it) {
        synchronized (this) {
            if (user != null || gone) {
                return;
            }
            user = it;
        }
        it.connected(this);
    }

    /**
     * Takes what containerd sends, until the stream is over.
     *
     * @throws TtrpcException as which it ends, unless that is as it should be
     */
    void carry() {
        try {
            for (Any message : messages) {
                receive(message);
            }
            closed = true;
        } catch (TtrpcException e) {
            if (phase == Phase.OPEN) {
                throw e;
            }
        } catch (InterruptedException _) {
            // It was ended by us.
        } finally {
            boolean _ = Thread.interrupted();
        }
        if (phase == Phase.REPLACED) {
            throw new TtrpcException(
                    StatusCode.ABORTED, "the stream \"%s\" was opened again".formatted(id));
        }
    }

    /** It is over, however far it had come: who has the other side hears of it. */
    void over() {
        StreamUser other;
        synchronized (this) {
            gone = true;
            other = user;
        }
        if (other != null) {
            other.disconnected(this, closed);
        }
    }

    /** Whether it goes on: a user asks when it is told of it, which may be late. */
    boolean isOpen() {
        return !gone && phase == Phase.OPEN;
    }

    /** What containerd has room for. */
    synchronized long window() {
        return window;
    }

    /**
     * Sends bytes, of which there may be no more than the window.
     *
     * @return false if the stream is over
     */
    boolean send(ByteString bytes) throws InterruptedException {
        synchronized (this) {
            window -= bytes.size();
        }
        return send(BareAny.pack(Data.newBuilder().setData(bytes).build()));
    }

    /** Lets containerd send so much more. */
    void grant(int bytes) throws InterruptedException {
        synchronized (this) {
            granted += bytes;
        }
        boolean _ = send(BareAny.pack(WindowUpdate.newBuilder().setUpdate(bytes).build()));
    }

    /** Ends it: containerd sees its end behind what was sent. */
    void end() {
        leave(Phase.ENDED);
    }

    /** Ends it because it was opened again. */
    void replaced() {
        leave(Phase.REPLACED);
    }

    /**
     * Waits until containerd has closed its side, as it does when it has taken everything, or is
     * gone.
     *
     * @return whether it has
     */
    boolean awaitParted(Duration time) throws InterruptedException {
        return parted.await(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    private synchronized void leave(Phase how) {
        if (phase == Phase.OPEN) {
            phase = how;
            carrier.interrupt();
        }
    }

    private boolean send(Any message) throws InterruptedException {
        sending.lockInterruptibly();
        try {
            answers.send(message);
            return true;
        } catch (TtrpcException _) {
            if (Thread.interrupted()) {
                throw new InterruptedException("a stream was left while it was sent to");
            }
            return false;
        } finally {
            sending.unlock();
        }
    }

    private synchronized @Nullable StreamUser user() {
        return user;
    }

    private void receive(Any message) throws InterruptedException {
        try {
            String type = BareAny.type(message);
            if (type.equals(UPDATE)) {
                update(WindowUpdate.parseFrom(message.getValue()).getUpdate());
            } else if (type.equals(DATA)) {
                take(Data.parseFrom(message.getValue()).getData());
            } else {
                throw invalid("a message of a type that does not belong there");
            }
        } catch (InvalidProtocolBufferException e) {
            throw invalid("a message that cannot be read: " + e.getMessage());
        }
    }

    private void update(int bytes) {
        if (bytes < 0) {
            throw invalid("a window of less than nothing");
        }
        synchronized (this) {
            window = Math.min(window + bytes, MOST);
        }
        var other = user();
        if (other != null) {
            other.granted();
        }
    }

    private void take(ByteString bytes) throws InterruptedException {
        synchronized (this) {
            if (bytes.size() > granted) {
                throw new TtrpcException(
                        StatusCode.RESOURCE_EXHAUSTED,
                        "the stream \"%s\" sends more than it may".formatted(id));
            }
            granted -= bytes.size();
        }
        var other = user();
        if (other != null && !bytes.isEmpty()) {
            other.received(bytes);
            grantAgain(bytes.size());
        }
    }

    /** Not for every few bytes. */
    private void grantAgain(int bytes) throws InterruptedException {
        taken += bytes;
        if (taken >= WINDOW / 2) {
            int room = (int) taken;
            taken = 0;
            grant(room);
        }
    }

    private TtrpcException invalid(String what) {
        return new TtrpcException(
                StatusCode.INVALID_ARGUMENT, "on the stream \"%s\" came %s".formatted(id, what));
    }
}
