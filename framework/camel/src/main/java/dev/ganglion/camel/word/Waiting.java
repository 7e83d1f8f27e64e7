package dev.ganglion.camel.word;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.runtime.plugin.Plugins;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Where messages wait for a plug-in that is gone. So many may wait over all routes, and so long;
 * what is more is refused, and its sender told.
 */
final class Waiting {
    private final Plugins plugins;
    private final int places;
    private final long limitMillis;
    private final Semaphore free;

    Waiting(Plugins plugins, int places, long limitMillis) {
        this.plugins = plugins;
        this.places = places;
        this.limitMillis = limitMillis;
        this.free = new Semaphore(places);
    }

    /**
     * Waits for a change of the plug-ins.
     *
     * @throws GanglionException of kind RETRY when too many wait already, it took too long, or the
     *     route is stopped
     */
    void await(WordEndpoint endpoint, long generation) {
        if (!free.tryAcquire()) {
            throw gone(
                    endpoint,
                    "and "
                            + places
                            + " messages wait for plug-ins already (ganglion.waitingMessages); send"
                            + " it again later");
        }
        try {
            long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limitMillis);
            while (plugins.generation() == generation) {
                long leftMillis = TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime());
                if (endpoint.route().closing()) {
                    throw gone(endpoint, "and the route was stopped; send the message again");
                }
                if (leftMillis <= 0) {
                    throw gone(
                            endpoint,
                            "and did not come within "
                                    + limitMillis
                                    + " ms (ganglion.waitingMillis); install it again");
                }
                plugins.awaitChange(generation, leftMillis);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw gone(endpoint, "and the route was interrupted; send the message again");
        } finally {
            free.release();
        }
    }

    private GanglionException gone(WordEndpoint endpoint, String what) {
        return new GanglionException(
                Kind.RETRY, "the plug-in of " + endpoint.step() + " is gone, " + what);
    }
}
