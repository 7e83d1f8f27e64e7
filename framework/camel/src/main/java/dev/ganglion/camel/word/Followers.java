package dev.ganglion.camel.word;

import org.apache.camel.Exchange;

/** How a message that did not begin with a sensor brings somebody who follows it. */
public final class Followers {
    /**
     * The property of an exchange that holds a {@link dev.ganglion.api.sense.Sensor.Follower}; the
     * first word that the message meets takes it up.
     */
    public static final String PROPERTY = "ganglion.follower";

    /**
     * The property of an exchange that says who decided, as a text; set before the follower is told
     * of the decision, where there are several who may.
     */
    public static final String HOP = "ganglion.hop";

    Followers() {}

    /**
     * Has a message answered now, if a word met it and nobody has yet: for what sends its response
     * before the message is over.
     */
    public static void answer(Exchange exchange) {
        Flow.answer(exchange);
    }
}
