package dev.ganglion.sensor.wyoming;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.sense.Sensor;
import dev.ganglion.wyoming.EventWriter;
import dev.ganglion.wyoming.Wire;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    private int seats;
    private int turnedAway;
    private boolean closed;

    Server(Settings settings, Sensor.Sink sink) {
        this.settings = settings;
        this.sink = sink;
        this.door = open(settings);
        this.thread = daemon(this::receive, settings.here().toString());
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

    private static Thread daemon(Runnable work, String name) {
        Thread thread = new Thread(work, "ganglion sense:wyoming " + name);
        thread.setDaemon(true);
        return thread;
    }

    private void receive() {
        while (true) {
            try {
                welcome(Wire.over(door.accept()));
            } catch (IOException e) {
                if (!door.isOpen()) {
                    return;
                }
                // Too many open files, or a client that was gone already: the next may fare better.
                pause();
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

    private void welcome(Wire wire) {
        synchronized (lock) {
            Seat seat = closed ? null : seat();
            if (seat != null) {
                host(wire, seat.stream(), () -> talk(wire, seat));
            } else if (!closed && turnedAway < TURNED_AWAY_AT_ONCE) {
                turnedAway++;
                host(wire, "no seat", () -> turnAway(wire));
            } else {
                wire.close();
            }
        }
    }

    private @Nullable Seat seat() {
        Seat seat = free.pollFirst();
        if (seat == null && seats < settings.maximumConnections()) {
            seats++;
            seat = new Seat("wyoming-" + seats, settings.blockSamples(), sink);
        }
        return seat;
    }

    private void host(Wire wire, String name, Runnable work) {
        Thread guest = daemon(work, name);
        guests.put(guest, wire);
        guest.start();
    }

    private void talk(Wire wire, Seat seat) {
        try {
            new Conversation(settings, wire, seat, false).run();
        } finally {
            synchronized (lock) {
                free.addFirst(seat);
                guests.remove(Thread.currentThread());
            }
        }
    }

    private void turnAway(Wire wire) {
        try {
            new EventWriter(wire, TURN_AWAY_MILLIS)
                    .write(
                            "error",
                            Map.of(
                                    "text",
                                    "at most "
                                            + settings.maximumConnections()
                                            + " clients are served at once; come again, or raise"
                                            + " the option maxConnections",
                                    "code",
                                    "busy"));
            wire.finish(
                    TURN_AWAY_BYTES,
                    System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TURN_AWAY_MILLIS));
        } catch (IOException gone) {
            // Nobody is there to be told.
        } finally {
            wire.close();
            synchronized (lock) {
                turnedAway--;
                guests.remove(Thread.currentThread());
            }
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
