// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasi;

import io.silica.linux.Epoll;
import io.silica.wasm.engine.wasi.GuestSocket.Connection;
import io.silica.wasm.engine.wasi.GuestSocket.Listener;
import io.silica.wasm.engine.wasi.WasiDescriptor.Directory;
import io.silica.wasm.engine.wasi.WasiDescriptor.File;
import io.silica.wasm.engine.wasi.WasiDescriptor.Input;
import io.silica.wasm.engine.wasi.WasiDescriptor.Output;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code poll_oneoff}: waits for times, standard input and sockets. An interrupt ends the guest.
 */
final class Polling {
    private static final int MOST = 4096;
    private static final int SUBSCRIPTION = 48;
    private static final int EVENT = 32;

    /** Values of {@code eventtype}, {@code clockid} and {@code subclockflags}. */
    private static final int CLOCK = 0;

    private static final int READ = 1;
    private static final int WRITE = 2;
    private static final int REALTIME = 0;
    private static final int MONOTONIC = 1;
    private static final int ABSOLUTE = 1;

    /** A stream does not tell when there is something to read. */
    private static final long LOOK_AGAIN = Duration.ofMillis(20).toNanos();

    private final DescriptorTable table;
    private final InstantSource clock;

    Polling(DescriptorTable table, InstantSource clock) {
        this.table = table;
        this.clock = clock;
    }

    record Event(long userData, int type, int errno, long bytes) {}

    /**
     * What is waited for.
     *
     * @param nanos how long from the beginning on
     */
    private record Timer(long userData, long nanos) {}

    private record Reader(long userData, InputStream stream) {}

    /** {@code (in, out, nsubscriptions, nevents)}. */
    void poll(Memory memory, long[] args) {
        int count = (int) args[2];
        if (count <= 0 || count > MOST) {
            throw new WasiFailure(WasiErrno.INVALID);
        }
        long begun = System.nanoTime();
        var events = new ArrayList<Event>();
        var timers = new ArrayList<Timer>();
        var readers = new ArrayList<Reader>();
        var sockets = new SocketWaits();
        for (int i = 0; i < count; i++) {
            subscribe(memory, (int) args[0] + i * SUBSCRIPTION, events, timers, readers, sockets);
        }
        addReady(readers, events);
        sockets.addReady(events);
        while (events.isEmpty()) {
            sleep(begun, timers, !readers.isEmpty(), sockets);
            addReady(readers, events);
            sockets.addReady(events);
            addOver(System.nanoTime() - begun, timers, events);
        }
        write(memory, (int) args[1], events);
        memory.writeI32((int) args[3], events.size());
    }

    private void subscribe(
            Memory memory,
            int address,
            List<Event> events,
            List<Timer> timers,
            List<Reader> readers,
            SocketWaits sockets) {
        long userData = memory.readLong(address);
        int type = memory.read(address + 8);
        switch (type) {
            case CLOCK -> timers.add(new Timer(userData, nanos(memory, address + 16)));
            case READ, WRITE -> {
                int descriptor = memory.readInt(address + 16);
                subscribe(userData, type, descriptor, events, readers, sockets);
            }
            default -> throw new WasiFailure(WasiErrno.INVALID);
        }
    }

    private long nanos(Memory memory, int address) {
        int id = memory.readInt(address);
        if (id != REALTIME && id != MONOTONIC) {
            throw new WasiFailure(WasiErrno.INVALID);
        }
        long timeout = memory.readLong(address + 8);
        boolean absolute = (memory.readShort(address + 24) & ABSOLUTE) != 0;
        if (absolute) {
            return Math.max(0, timeout - now(id));
        }
        // It is unsigned: what looks negative is some centuries.
        return timeout < 0 ? Long.MAX_VALUE : timeout;
    }

    private long now(int id) {
        return id == MONOTONIC ? System.nanoTime() : nanos(clock.instant());
    }

    private static long nanos(Instant instant) {
        return Duration.ofSeconds(instant.getEpochSecond(), instant.getNano()).toNanos();
    }

    private void subscribe(
            long userData,
            int type,
            int descriptor,
            List<Event> events,
            List<Reader> readers,
            SocketWaits sockets) {
        int errno = WasiErrno.SUCCESS;
        try {
            switch (table.get(descriptor)) {
                case Input input -> {
                    if (type == READ) {
                        readers.add(new Reader(userData, input.stream()));
                        return;
                    }
                    errno = WasiErrno.NOT_SUPPORTED;
                }
                case Output _ -> errno = type == WRITE ? errno : WasiErrno.NOT_SUPPORTED;
                case File _ -> {
                    // It is always ready.
                }
                case Connection connection -> {
                    int wanted = type == READ ? Epoll.READABLE : Epoll.WRITABLE;
                    sockets.add(userData, type, connection, wanted);
                    return;
                }
                case Listener listener -> {
                    if (type == READ) {
                        sockets.add(userData, type, listener, Epoll.READABLE);
                        return;
                    }
                    errno = WasiErrno.NOT_SUPPORTED;
                }
                case Directory _ -> errno = WasiErrno.NOT_SUPPORTED;
            }
        } catch (WasiFailure e) {
            errno = e.errno();
        }
        events.add(new Event(userData, type, errno, 0));
    }

    private static void addReady(List<Reader> readers, List<Event> events) {
        for (var reader : readers) {
            try {
                int available = reader.stream().available();
                if (available > 0) {
                    events.add(new Event(reader.userData(), READ, WasiErrno.SUCCESS, available));
                }
            } catch (IOException _) {
                events.add(new Event(reader.userData(), READ, WasiErrno.IO, 0));
            }
        }
    }

    private static void addOver(long elapsed, List<Timer> timers, List<Event> events) {
        for (var timer : timers) {
            if (timer.nanos() <= elapsed) {
                events.add(new Event(timer.userData(), CLOCK, WasiErrno.SUCCESS, 0));
            }
        }
    }

    private static void sleep(long begun, List<Timer> timers, boolean looks, SocketWaits sockets) {
        long until = timers.stream().mapToLong(Timer::nanos).min().orElse(Long.MAX_VALUE);
        long rest = Math.max(0, until - (System.nanoTime() - begun));
        try {
            long time = looks ? Math.min(rest, LOOK_AGAIN) : rest;
            if (sockets.isEmpty()) {
                Thread.sleep(Duration.ofNanos(time));
            } else {
                sockets.await(time);
            }
        } catch (InterruptedException e) {
            throw GuestSocket.interrupted(e);
        }
    }

    private static void write(Memory memory, int address, List<Event> events) {
        for (var event : events) {
            memory.fill((byte) 0, address, address + EVENT);
            memory.writeLong(address, event.userData());
            memory.writeShort(address + 8, (short) event.errno());
            memory.writeByte(address + 10, (byte) event.type());
            memory.writeLong(address + 16, event.bytes());
            address += EVENT;
        }
    }
}
