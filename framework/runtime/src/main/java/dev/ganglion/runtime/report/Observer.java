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
     * A sample of a sensor was handled, whatever came of it. Called for each of them.
     *
     * @param route the id of the route
     * @param totalNanos from the sensing until the route was done with it
     */
    default void handled(String route, long totalNanos) {}

    /**
     * An utterance ended of which something was decided before.
     *
     * @param route the id of the route
     * @param trace the id of the utterance, as in its reports
     * @param stepsSpent how many steps of the model were run
     * @param stepsTotal how many there would have been
     */
    default void utteranceEnded(String route, String trace, int stepsSpent, int stepsTotal) {}

    /**
     * Samples were dropped, because they came faster than the route took them.
     *
     * @param route the id of the route
     * @param count how many since this was told last
     */
    default void dropped(String route, long count) {}

    /**
     * A route file changed its state, or a route whose device is gone or back.
     *
     * @param file the file, or the id of the route
     * @param state {@code running}, {@code waiting}, {@code broken} or {@code removed}
     * @param sentence why, for people
     */
    default void routeChanged(String file, String state, String sentence) {}
}
