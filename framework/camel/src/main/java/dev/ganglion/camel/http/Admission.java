package dev.ganglion.camel.http;

import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** How much may come to one address: from each client, in all, and at once. Thread-safe. */
final class Admission {
    /** Beyond these the client that was silent for longest is forgotten; the limit of all holds. */
    private static final int CLIENTS = 1024;

    private static final int NETWORK_BYTES = 8;
    static final int CONNECTIONS = 64;
    static final int CLIENT_CONNECTIONS = 8;

    private final CommandOptions options;
    private final LongSupplier clock;
    private final RateLimit all;
    private final Semaphore places;
    private final Map<Object, Integer> connections = new HashMap<>();
    private int connected;
    private final Map<Object, RateLimit> clients =
            new LinkedHashMap<>(16, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<Object, RateLimit> eldest) {
                    return size() > CLIENTS;
                }
            };

    Admission(CommandOptions options, LongSupplier clock) {
        this.options = options;
        this.clock = clock;
        this.all = new RateLimit(options.allPerMinute(), clock);
        this.places = new Semaphore(options.atOnce());
    }

    /** {@return why this request comes too soon, or null} */
    @Nullable Refusal tooSoon(@Nullable SocketAddress client) {
        RateLimit own;
        synchronized (clients) {
            own =
                    clients.computeIfAbsent(
                            key(client), any -> new RateLimit(options.clientPerMinute(), clock));
        }
        int seconds = own.take();
        if (seconds > 0) {
            return Refusal.tooMany(
                    "at most "
                            + options.clientPerMinute()
                            + " requests a minute are taken from one client",
                    seconds);
        }
        seconds = all.take();
        return seconds == 0
                ? null
                : Refusal.tooMany(
                        "at most " + options.allPerMinute() + " requests a minute are taken in all",
                        seconds);
    }

    /** In version 6 of the protocol one client has a whole network of addresses. */
    private static Object key(@Nullable SocketAddress client) {
        if (!(client instanceof InetSocketAddress address) || address.getAddress() == null) {
            return "local";
        }
        return address.getAddress() instanceof Inet6Address six
                ? ByteBuffer.wrap(six.getAddress(), 0, NETWORK_BYTES).slice()
                : address.getAddress();
    }

    /** {@return why one more command cannot begin now, or null: then {@link #leave} must follow} */
    @Nullable Refusal enter() {
        return places.tryAcquire()
                ? null
                : Refusal.tooMany(options.atOnce() + " commands are under way already", 1);
    }

    void leave() {
        places.release();
    }

    /**
     * {@return why one more connection is not kept, or null: then {@link #disconnect} must follow}
     */
    @Nullable Refusal connect(@Nullable SocketAddress client) {
        Object key = key(client);
        synchronized (connections) {
            if (connected == CONNECTIONS) {
                return Refusal.last(503, "too many connections are open; close some");
            }
            int own = connections.getOrDefault(key, 0);
            if (own == CLIENT_CONNECTIONS) {
                return Refusal.last(
                        503,
                        "too many connections are open, at most "
                                + CLIENT_CONNECTIONS
                                + " from one client; close some");
            }
            connections.put(key, own + 1);
            connected++;
            return null;
        }
    }

    void disconnect(@Nullable SocketAddress client) {
        synchronized (connections) {
            connections.computeIfPresent(key(client), (key, own) -> own == 1 ? null : own - 1);
            connected--;
        }
    }
}
