package dev.ganglion.sensor.wyoming;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * How many connections each client has: none from another machine has all. One thread at a time.
 */
final class ClientShares {
    /** From one address; this machine itself may have as many as there are. */
    static final int CONNECTIONS = 4;

    private static final int NETWORK_BYTES = 8;

    private final Map<Object, Integer> taken = new HashMap<>();

    /** {@return whether there is one more; then {@link #leave} must follow} */
    boolean enter(InetAddress client) {
        Object key = key(client);
        int own = taken.getOrDefault(key, 0);
        if (own >= CONNECTIONS && !client.isLoopbackAddress()) {
            return false;
        }
        taken.put(key, own + 1);
        return true;
    }

    void leave(InetAddress client) {
        taken.computeIfPresent(key(client), (key, own) -> own == 1 ? null : own - 1);
    }

    /** In version 6 of the protocol one client has a whole network of addresses. */
    private static Object key(InetAddress client) {
        return client instanceof Inet6Address
                ? ByteBuffer.wrap(client.getAddress(), 0, NETWORK_BYTES).slice()
                : client;
    }
}
