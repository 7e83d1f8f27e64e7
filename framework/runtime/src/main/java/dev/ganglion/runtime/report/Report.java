package dev.ganglion.runtime.report;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.runtime.act.Action;
import org.jspecify.annotations.Nullable;

/**
 * One decision with its way from the sensor to the device.
 *
 * @param route the id of the route
 * @param stream who spoke: the file, the client
 * @param sequence the number within the stream; for a file the line
 * @param text what was said, or empty when it was no text
 * @param model which model in which version answered
 * @param decision what was understood
 * @param action what was done or refused about it; null when there was nothing to do
 * @param encodeNanos the time in encoders
 * @param inferNanos the time in the model
 * @param decideNanos the time in the decider, without the model's
 * @param actNanos the time in the device
 * @param totalNanos from the sensing to the action
 * @param trace the id of the message
 */
public record Report(
        String route,
        String stream,
        long sequence,
        String text,
        ModelId model,
        Decision decision,
        @Nullable Action action,
        long encodeNanos,
        long inferNanos,
        long decideNanos,
        long actNanos,
        long totalNanos,
        String trace) {}
