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
 * @param waitNanos the part of it before the route took the sample up, and before its turn came
 *     among streams that make their steps at once
 * @param heldNanos for how long an encoder had given nothing before, because it gathered
 * @param gapNanos the longest time between two of the five words, spent in other steps of the route
 * @param gapBefore the step that came after that time, or empty
 * @param heardNanos how long the utterance had lasted when this was decided
 * @param stepsSpent how many steps of the model were run since the utterance began; for who watches
 *     a stream, in this message
 * @param stepsTotal how many the whole utterance has; 0 when it goes on, and its end is told by
 *     {@link Observer#utteranceEnded}
 * @param trace the id of the utterance, from its first sample to its actions
 * @param spoken what there is beside it when it is about language, else null
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
        long waitNanos,
        long heldNanos,
        long gapNanos,
        String gapBefore,
        long heardNanos,
        int stepsSpent,
        int stepsTotal,
        String trace,
        @Nullable Spoken spoken) {}
