/**
 * The plug-in {@code decide:action}: what a model that generates says is a JSON object, and the
 * object is the decision.
 *
 * <p>{@link dev.ganglion.decider.action.ActionDecider} reads the options. {@code ActionStage}
 * follows the answer and leaves as early as it may; {@code ObjectScanner} finds, character by
 * character, where the object ends and what its name is; {@code ActionObject} reads the whole of
 * it.
 */
@NullMarked
package dev.ganglion.decider.action;

import org.jspecify.annotations.NullMarked;
