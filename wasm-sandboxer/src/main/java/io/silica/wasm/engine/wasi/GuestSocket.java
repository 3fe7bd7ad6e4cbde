// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasi;

import io.silica.linux.Descriptor;
import io.silica.linux.Poller;
import io.silica.linux.TcpConnection;
import io.silica.linux.TcpListener;
import java.io.InterruptedIOException;
import java.time.Duration;

/** A socket of a guest's. It never blocks in the kernel: an interrupt ends what waits for it. */
abstract sealed class GuestSocket implements WasiDescriptor {
    /** Bit of {@code fdflags}. */
    static final int NON_BLOCKING = 1 << 2;

    private static final Duration FOR_EVER = Duration.ofDays(365);

    final Poller poller;
    private boolean waits;

    private GuestSocket(Poller poller, boolean waits) {
        this.poller = poller;
        this.waits = waits;
    }

    /** What the poller waits for. */
    abstract Descriptor descriptor();

    /** {@code fdflags}. */
    int flags() {
        return waits ? 0 : NON_BLOCKING;
    }

    void flags(int flags) {
        waits = waits(flags);
    }

    /**
     * Whether a socket with such flags waits.
     *
     * @throws WasiFailure if they make no sense for a socket
     */
    static boolean waits(long flags) {
        if (((int) flags & ~NON_BLOCKING) != 0) {
            throw new WasiFailure(WasiErrno.INVALID);
        }
        return ((int) flags & NON_BLOCKING) == 0;
    }

    /**
     * Returns when there may be something to do.
     *
     * @throws WasiFailure if it is one that does not wait
     * @throws GuestInterruptedException if the guest is ended meanwhile
     */
    void await(int events) {
        if (!waits) {
            throw new WasiFailure(WasiErrno.AGAIN);
        }
        try {
            poller.await(descriptor(), events, FOR_EVER);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    static GuestInterruptedException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new GuestInterruptedException(new InterruptedIOException(e.getMessage()));
    }

    /** One that was made by the daemon, on which the guest takes connections. */
    static final class Listener extends GuestSocket {
        private final TcpListener socket;

        /** Owns the socket from now on. */
        Listener(TcpListener socket, Poller poller) {
            super(poller, true);
            this.socket = socket;
        }

        TcpListener socket() {
            return socket;
        }

        @Override
        Descriptor descriptor() {
            return socket.descriptor();
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    /** One that a listener has accepted. */
    static final class Connection extends GuestSocket {
        private final TcpConnection socket;

        /** Owns the socket from now on. */
        Connection(TcpConnection socket, Poller poller, boolean waits) {
            super(poller, waits);
            this.socket = socket;
        }

        TcpConnection socket() {
            return socket;
        }

        @Override
        Descriptor descriptor() {
            return socket.descriptor();
        }

        @Override
        public void close() {
            socket.close();
        }
    }
}
