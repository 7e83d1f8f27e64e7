package dev.ganglion.api.act;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import dev.ganglion.api.data.Plugin;
import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Something that can change the world. Implemented by vendors; named in a route by {@code act:}.
 */
@ConsumerType
public interface Actuator extends Plugin {
    /**
     * {@return what a device that is opened with these options can do; nothing else is ever asked
     * of it}
     *
     * <p>Asked when a route is wired, without any device: an actions file that names what is not
     * here is refused before the running version of the route is touched.
     */
    List<ActionSpec> actions(Options options);

    /**
     * {@return what is known of a thing beyond what an action says of it, and which values that can
     * have, without other names for the same: its real name, its area, its kind; empty when {@link
     * #touches} adds nothing}
     */
    default List<Parameter> facts(Options options) {
        return List.of();
    }

    /**
     * Says each thing that an action would touch, so that the owner's rules about a thing hold by
     * whatever name or group it goes. Asked before each action; nothing is done.
     *
     * @param parameters as for {@link Device#perform}
     * @return for each thing, at least one, all of the {@link #facts} that it has, and those
     *     parameters that do not say which thing is meant; a thing that may be touched, depending
     *     on the state of the device, is among them
     * @throws GanglionException of kind INPUT as {@link Device#perform} would
     */
    default List<Map<String, Object>> touches(
            Options options, String action, Map<String, Object> parameters) {
        return List.of(parameters);
    }

    /**
     * Reaches for the device.
     *
     * @throws GanglionException of kind SETUP or RETRY when it cannot be reached, naming it
     */
    Device open(Options options);

    /** A device that was reached. Implemented by vendors; one thread at a time. */
    @ConsumerType
    interface Device extends AutoCloseable {
        /**
         * Does it, and returns when it is done or handed over for good.
         *
         * @param action the name of one that the actuator declares
         * @param parameters each one that the spec requires, none that it does not know, all in
         *     range
         * @throws GanglionException of kind INPUT when the world has no such thing (a room, a
         *     lamp), listing what it has; RETRY when the device did not answer
         */
        void perform(String action, Map<String, Object> parameters);

        /**
         * Brings the device into the state in which it can do no harm; never throws, may be called
         * at any time.
         */
        void makeSafe();

        /**
         * Takes back what the last {@link #perform} changed.
         *
         * @return false when the device cannot, or nothing was changed; nothing has happened then
         */
        default boolean undo() {
            return false;
        }

        /** Lets go of the device; a second call does nothing. */
        @Override
        void close();
    }
}
