package dev.ganglion.sensor.wyoming;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.sense.Sensor;
import dev.ganglion.wyoming.EventWriter;
import dev.ganglion.wyoming.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Waits for clients; each has a thread and a seat, and waits for no other. */
final class Server implements AutoCloseable {
    /** Threads beside those that talk, for telling clients that there is no seat. */
    private static final int TURNED_AWAY_AT_ONCE = 4;

    private static final long TURN_AWAY_MILLIS = 500;
    private static final int TURN_AWAY_BYTES = 65_536;

    private final Settings settings;
    private final Sensor.Sink sink;
    private final ServerSocketChannel door;
    private final Thread thread;
    private final Object lock = new Object();
    private final Map<Thread, Wire> guests = new LinkedHashMap<>();
    private final Deque<Seat> free = new ArrayDeque<>();
    private final ClientShares shares = new ClientShares();
    private final ThreadFactory threads;
    private int seats;
    private int turnedAway;
    private boolean closed;

    Server(Settings settings, Sensor.Sink sink, ThreadFactory threads) {
        this.settings = settings;
        this.sink = sink;
        this.threads = threads;
        this.door = open(settings);
        this.thread = daemon(new Thread(this::receive), settings.here().toString());
    }

    private static ServerSocketChannel open(Settings settings) {
        try {
            ServerSocketChannel door = ServerSocketChannel.open();
            try {
                door.setOption(StandardSocketOptions.SO_REUSEADDR, true);
                InetSocketAddress address =
                        new InetSocketAddress(settings.here().host(), settings.here().port());
                if (address.isUnresolved()) {
                    throw new IOException("no host is called so");
                }
                return door.bind(address);
            } catch (IOException e) {
                door.close();
                throw e;
            }
        } catch (IOException e) {
            throw new GanglionException(
                    GanglionException.Kind.SETUP,
                    settings.owner()
                            + ": clients cannot be waited for at "
                            + settings.here()
                            + " ("
                            + e.getMessage()
                            + "); set host to an address of this machine and port to one that is"
                            + " free",
                    e);
        }
    }

    Server start() {
        thread.start();
        return this;
    }

    private static Thread daemon(Thread thread, String name) {
        thread.setName("ganglion sense:wyoming " + name);
        thread.setDaemon(true);
        return thread;
    }

    private void receive() {
        while (true) {
            try {
                receive(door.accept());
            } catch (Throwable e) {
                if (!door.isOpen()) {
                    return;
                }
                // Too many open files or threads, or a client that was gone already: the next may
                // fare better.
                pause();
            }
        }
    }

    private void receive(SocketChannel client) throws IOException {
        boolean welcome = false;
        try {
            welcome(Wire.over(client), client.socket().getInetAddress());
            welcome = true;
        } finally {
            if (!welcome) {
                client.close();
            }
        }
    }

    private void pause() {
        synchronized (lock) {
            try {
                if (!closed) {
                    lock.wait(TURN_AWAY_MILLIS);
                }
            } catch (InterruptedException stopped) {
                // Nobody interrupts this thread; close() ends it through the door.
            }
        }
    }

    private void welcome(Wire wire, InetAddress client) {
        synchronized (lock) {
            Seat seat = closed ? null : seat();
            if (seat != null && shares.enter(client)) {
                host(wire, seat.stream(), () -> talk(wire, seat), () -> leave(seat, client));
                return;
            }
            if (seat != null) {
                free.addFirst(seat);
            }
            if (closed || turnedAway == TURNED_AWAY_AT_ONCE) {
                wire.close();
                return;
            }
            turnedAway++;
            String busy =
                    seat == null
                            ? "at most "
                                    + settings.maximumConnections()
                                    + " clients are served at once; come again, or raise the option"
                                    + " maxConnections"
                            : "at most "
                                    + ClientShares.CONNECTIONS
                                    + " connections of one client are served at once; close some";
            host(wire, "no seat", () -> turnAway(wire, busy), () -> turnedAway--);
        }
    }

    /** Call with the lock held. */
    private void leave(Seat seat, InetAddress client) {
        free.addFirst(seat);
        shares.leave(client);
    }

    private @Nullable Seat seat() {
        Seat seat = free.pollFirst();
        if (seat == null && seats < settings.maximumConnections()) {
            seat = new Seat("wyoming-" + (seats + 1), settings.blockSamples(), sink);
            seats++;
        }
        return seat;
    }

    /**
     * Call with the lock held.
     *
     * @param leave takes back what the guest has; called with the lock held
     */
    private void host(Wire wire, String name, Runnable work, Runnable leave) {
        boolean started = false;
        Thread guest = null;
        try {
            guest =
                    daemon(
                            threads.newThread(
                                    () -> {
                                        try {
                                            work.run();
                                        } finally {
                                            goodbye(Thread.currentThread(), wire, leave);
                                        }
                                    }),
                            name);
            guests.put(guest, wire);
            guest.start();
            started = true;
        } finally {
            if (!started) {
                goodbye(guest, wire, leave);
            }
        }
    }

    private void goodbye(@Nullable Thread guest, Wire wire, Runnable leave) {
        wire.close();
        synchronized (lock) {
            leave.run();
            if (guest != null) {
                guests.remove(guest);
            }
        }
    }

    private void talk(Wire wire, Seat seat) {
        new Conversation(settings, wire, seat, false).run();
    }

    private static void turnAway(Wire wire, String busy) {
        try {
            new EventWriter(wire, TURN_AWAY_MILLIS)
                    .write("error", Map.of("text", busy, "code", "busy"));
            wire.finish(
                    TURN_AWAY_BYTES,
                    System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TURN_AWAY_MILLIS));
        } catch (IOException gone) {
            // Nobody is there to be told.
        }
    }

    /** May be called from within the sink: then that connection ends when the sink returns. */
    @Override
    public void close() {
        List<Thread> waitedFor;
        synchronized (lock) {
            closed = true;
            guests.values().forEach(Wire::close);
            waitedFor = List.copyOf(guests.keySet());
            lock.notifyAll();
        }
        try {
            door.close();
        } catch (IOException goneAnyway) {
            // There is nothing left to let go of.
        }
        try {
            thread.join();
            for (Thread guest : waitedFor) {
                if (guest != Thread.currentThread()) {
                    guest.join();
                }
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}
