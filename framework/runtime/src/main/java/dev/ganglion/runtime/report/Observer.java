package dev.ganglion.runtime.report;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Is told what happens, on the thread on which it happens: return quickly. Each method does nothing
 * unless overridden.
 */
@ConsumerType
public interface Observer {
    /** A message was decided on, and acted on if there was something to do. */
    default void decided(Report report) {}

    /**
     * A message failed.
     *
     * @param route the id of the route
     * @param stream who spoke
     * @param sequence the number within the stream
     * @param sentence what went wrong, for people
     */
    default void failed(String route, String stream, long sequence, String sentence) {}

    /**
     * A route file changed its state.
     *
     * @param file the file
     * @param state {@code running}, {@code waiting}, {@code broken} or {@code removed}
     * @param sentence why, for people
     */
    default void routeChanged(String file, String state, String sentence) {}
}
