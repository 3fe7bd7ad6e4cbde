// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasi;

import io.silica.linux.Epoll;
import io.silica.linux.TcpConnection;
import io.silica.linux.TcpConnection.Direction;
import io.silica.wasm.engine.wasi.GuestSocket.Connection;
import io.silica.wasm.engine.wasi.GuestSocket.Listener;
import java.util.Map;
import java.util.Optional;

/** The functions of WASI whose names begin with {@code sock_}. None makes a socket of its own. */
final class SocketFunctions {
    /** Bits of {@code riflags}. */
    private static final int PEEK = 1;

    private static final int WAIT_ALL = 2;

    private final DescriptorTable table;
    private final Transfers transfers;

    SocketFunctions(DescriptorTable table, Transfers transfers) {
        this.table = table;
        this.transfers = transfers;
    }

    Map<String, WasiFunction> functions() {
        return Map.of(
                "sock_accept", this::accept,
                "sock_recv", this::receive,
                "sock_send", this::send,
                "sock_shutdown", this::shutdown);
    }

    /** {@code (fd, flags, new_fd)}. */
    private void accept(Memory memory, long[] args) {
        boolean waits = GuestSocket.waits(args[1]);
        var listener = listener(args[0]);
        var accepted = listener.socket().accept();
        while (accepted.isEmpty()) {
            listener.await(Epoll.READABLE);
            accepted = listener.socket().accept();
        }
        int number = table.add(connection(listener, accepted, waits));
        memory.writeI32((int) args[2], number);
    }

    private static Connection connection(
            Listener listener, Optional<TcpConnection> accepted, boolean waits) {
        return new Connection(accepted.orElseThrow(), listener.poller, waits);
    }

    /** {@code (fd, vectors, vector_count, flags, count, flags_out)}. */
    private void receive(Memory memory, long[] args) {
        int flags = (int) args[3];
        if ((flags & WAIT_ALL) != 0 || (flags & ~PEEK) != 0) {
            throw new WasiFailure(WasiErrno.NOT_SUPPORTED);
        }
        transfers.receive(memory, args, 4, table.connection(args[0]), flags == PEEK);
        memory.writeShort((int) args[5], (short) 0);
    }

    /** {@code (fd, vectors, vector_count, flags, count)}. */
    private void send(Memory memory, long[] args) {
        if ((int) args[3] != 0) {
            throw new WasiFailure(WasiErrno.INVALID);
        }
        transfers.send(memory, args, 4, table.connection(args[0]));
    }

    /** {@code (fd, how)}. */
    private void shutdown(Memory memory, long[] args) {
        var direction =
                switch ((int) args[1]) {
                    case 1 -> Direction.INPUT;
                    case 2 -> Direction.OUTPUT;
                    case 3 -> Direction.BOTH;
                    default -> throw new WasiFailure(WasiErrno.INVALID);
                };
        table.connection(args[0]).socket().shutdown(direction);
    }

    private Listener listener(long descriptor) {
        return switch (table.get(descriptor)) {
            case Listener listener -> listener;
            case Connection _ -> throw new WasiFailure(WasiErrno.INVALID);
            case WasiDescriptor.Directory _,
                    WasiDescriptor.File _,
                    WasiDescriptor.Input _,
                    WasiDescriptor.Output _ ->
                    throw new WasiFailure(WasiErrno.NOT_SOCKET);
        };
    }
}
