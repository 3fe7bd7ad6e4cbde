// SPDX-License-Identifier: Apache-2.0
package io.silica.server.holder;

import io.silica.linux.Descriptor;
import io.silica.linux.LinuxException;
import io.silica.linux.Poller;
import io.silica.ttrpc.ConnectionId;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The holder that keeps this daemon's connections, or the one after it: a holder that is lost is
 * looked for again until this is closed, and gets what the daemon serves.
 *
 * <p>Any thread may call any method, except where it says otherwise; none waits, except {@link
 * #find}.
 */
public final class Holder implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Holder.class.getName());

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration FOR_EVER = Duration.ofDays(36_500);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final Path path;
    private final Poller poller;
    private final List<HeldConnection> held = new ArrayList<>();

    /** Those that are served, and whether the holder knows it. Guarded by this. */
    private final Map<ConnectionId, Boolean> served = new HashMap<>();

    /** Those that the holder is still to close. Guarded by this. */
    private final Queue<ConnectionId> drops = new ArrayDeque<>();

    /** Guarded by this. */
    private HolderChannel channel;

    /** Guarded by this. */
    private long openedAt = System.nanoTime();

    /** Whether somebody will go on with the drops when there is room. Guarded by this. */
    private boolean waitsForRoom;

    /** Guarded by this. */
    private long lastId;

    /** Guarded by this. */
    private OptionalInt limit = OptionalInt.empty();

    private volatile int most = Integer.MAX_VALUE;
    private volatile boolean kept;
    private volatile @Nullable Thread thread;

    private Holder(Path path, Poller poller, HolderChannel channel) {
        this.path = path;
        this.poller = poller;
        this.channel = channel;
    }

    /**
     * Connects to the holder, and takes what it keeps.
     *
     * @param path of its channel
     * @return empty, with the reason in the log, if there is none
     */
    public static Optional<Holder> find(Path path, Poller poller) throws InterruptedException {
        try {
            var holder = new Holder(path, poller, HolderChannel.open(path, poller, PATIENCE));
            holder.takeAll();
            return Optional.of(holder);
        } catch (HolderLostException e) {
            LOG.log(Level.INFO, "no holder at {0}: {1}", path, e.reason());
            return Optional.empty();
        }
    }

    /** Which instance it is: another has other connections. */
    public synchronized String instance() {
        return channel.instance();
    }

    /**
     * Gives away what was held when it was found. To be called once, before {@link #serve}; what is
     * given away counts as served, until it has {@link #ended}.
     */
    public List<HeldConnection> takeHeld() {
        var taken = List.copyOf(held);
        held.clear();
        return taken;
    }

    /** Gives what is accepted from now on to the user. To be called once. */
    public void serve(ConnectionUser user) {
        thread = Thread.ofVirtual().name("holder").start(() -> run(user));
    }

    /** A connection has ended, and is to be closed by the holder, too. Does not block. */
    public synchronized void ended(ConnectionId id) {
        if (Boolean.TRUE.equals(served.remove(id))) {
            drops.add(id);
            sendDrops();
        }
    }

    /** How many connections may be held; further ones wait to be accepted. */
    public synchronized void limit(int most) {
        limit = OptionalInt.of(most);
        sendLimit();
    }

    /** How many connections it holds at most, whatever the {@link #limit}, if it says so. */
    public int most() {
        return most;
    }

    /** Whether all that is served outlives this process. */
    public boolean isKept() {
        return kept;
    }

    /** Lets the holder go, which keeps everything. */
    @Override
    public void close() {
        kept = false;
        var running = thread;
        if (running != null) {
            running.interrupt();
            joinUninterruptibly(running);
        }
        takeHeld().forEach(connection -> connection.socket().close());
        synchronized (this) {
            channel.close();
        }
    }

    private void run(ConnectionUser user) {
        try {
            while (true) {
                var reason = serveUntilLost(user);
                lost(reason);
                reconnect(user);
            }
        } catch (InterruptedException _) {
            // It is closed.
        }
    }

    private String serveUntilLost(ConnectionUser user) throws InterruptedException {
        try {
            while (true) {
                handle(channelNow().next(FOR_EVER), user);
            }
        } catch (HolderLostException e) {
            return e.reason();
        }
    }

    private synchronized HolderChannel channelNow() {
        return channel;
    }

    private void handle(HolderMessage message, ConnectionUser user) {
        switch (message) {
            case HolderMessage.Connection(var connection) -> {
                if (isNew(connection)) {
                    user.serve(connection);
                }
            }
            case HolderMessage.Most(int connections) -> most = connections;
            case HolderMessage.Unknown(String text) -> ignore(text);
            case HolderMessage.Hello(String name) -> ignore("HELLO " + name);
            case HolderMessage.All() -> ignore("ALL");
        }
    }

    private static void ignore(String text) {
        LOG.log(Level.WARNING, "the holder says \"" + text + "\", which makes no sense here");
    }

    /** All that is there at the first greeting. */
    private void takeAll() throws HolderLostException, InterruptedException {
        try {
            receiveAll(held);
            kept = true;
        } catch (HolderLostException | InterruptedException e) {
            close();
            throw e;
        }
    }

    private void receiveAll(List<HeldConnection> into)
            throws HolderLostException, InterruptedException {
        for (var message = channelNow().next(PATIENCE);
                !(message instanceof HolderMessage.All);
                message = channelNow().next(PATIENCE)) {
            if (message instanceof HolderMessage.Connection(var connection)) {
                if (isNew(connection)) {
                    into.add(connection);
                }
            } else if (message instanceof HolderMessage.Most(int connections)) {
                most = connections;
            }
        }
    }

    /**
     * Ids only grow, and one that was seen and is not served has ended when the holder could not be
     * told.
     */
    private synchronized boolean isNew(HeldConnection connection) {
        var id = connection.id();
        if (id.value() > lastId) {
            lastId = id.value();
            served.put(id, true);
            return true;
        }
        connection.socket().close();
        if (served.replace(id, true) == null) {
            drops.add(id);
            sendDrops();
        }
        return false;
    }

    private void lost(String reason) {
        kept = false;
        synchronized (this) {
            channel.close();
            drops.clear();
            served.replaceAll((_, _) -> false);
        }
        LOG.log(
                Level.WARNING,
                "the holder at "
                        + path
                        + " is lost ("
                        + reason
                        + "): what is served goes on, but would not survive this daemon, and no new"
                        + " container can be made; start the holder again");
    }

    private void reconnect(ConnectionUser user) throws InterruptedException {
        var before = instance();
        for (var pause = firstPause(); !isBack(user, pause); pause = longer(pause)) {
            // Until it is.
        }
        kept = true;
        LOG.log(Level.INFO, "the holder at {0} is back and keeps what is served", path);
        if (!instance().equals(before)) {
            user.keptBy(instance());
        }
    }

    /**
     * None, unless the channel was lost just after it was made, as if somebody else wanted it, too.
     */
    private synchronized Duration firstPause() {
        return System.nanoTime() - openedAt < FIRST_PAUSE.toNanos() ? FIRST_PAUSE : Duration.ZERO;
    }

    private static Duration longer(Duration pause) {
        var doubled = pause.isZero() ? FIRST_PAUSE : pause.multipliedBy(2);
        return doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
    }

    private boolean isBack(ConnectionUser user, Duration after) throws InterruptedException {
        Thread.sleep(after);
        try {
            connect(HolderChannel.open(path, poller, PATIENCE));
            var missed = new ArrayList<HeldConnection>();
            try {
                receiveAll(missed);
            } finally {
                missed.forEach(user::serve);
            }
            handOver(user);
            return true;
        } catch (HolderLostException e) {
            LOG.log(Level.DEBUG, "no holder at {0} yet: {1}", path, e.reason());
            return false;
        }
    }

    private synchronized void connect(HolderChannel opened) {
        channel.close();
        channel = opened;
        openedAt = System.nanoTime();
        most = Integer.MAX_VALUE;
        drops.clear();
        served.replaceAll((_, _) -> false);
        sendLimit();
    }

    private void handOver(ConnectionUser user) throws HolderLostException, InterruptedException {
        for (var connection : user.served().entrySet()) {
            while (!handOver(connection.getKey(), connection.getValue())) {
                channelNow().awaitRoom(PATIENCE);
            }
        }
    }

    /** Returns false if it is to be tried again when there is room. */
    private synchronized boolean handOver(ConnectionId id, Descriptor descriptor) {
        if (!Boolean.FALSE.equals(served.get(id))) {
            return true;
        }
        // A copy, because the number of one that is being closed may be another's already.
        try (var copy = descriptor.duplicate()) {
            boolean told = channel.tell("CONNECTION " + id, copy);
            served.replace(id, told);
            return told;
        } catch (LinuxException _) {
            // It has ended, which is told in a moment.
            return true;
        }
    }

    /** What finds no room waits for it, in order. */
    private synchronized void sendDrops() {
        while (!drops.isEmpty()) {
            if (!channel.tell("DROP " + drops.peek())) {
                sendDropsLater();
                return;
            }
            drops.remove();
        }
    }

    private synchronized void sendDropsLater() {
        if (!waitsForRoom) {
            waitsForRoom = true;
            channel.whenRoom(this::hasRoom);
        }
    }

    private synchronized void hasRoom() {
        waitsForRoom = false;
        sendDrops();
    }

    /** The first thing that is said, so there is room. */
    private synchronized void sendLimit() {
        limit.ifPresent(most -> channel.tell("LIMIT " + most));
    }

    private static void joinUninterruptibly(Thread running) {
        boolean interrupted = false;
        while (running.isAlive()) {
            try {
                running.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
