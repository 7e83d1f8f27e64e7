/**
 * The plug-in {@code decide:threshold}: one number of each step, and on which side of a bound it
 * is.
 *
 * <p>{@link dev.ganglion.decider.threshold.ThresholdDecider} checks the options against the model's
 * card before the first sample. {@code Element} says which number is watched and reads it, {@code
 * Bound} where the state changes, {@code ThresholdStage} keeps the state of one stream. {@code
 * SlidingQuantile} is what a bound that follows its stream is made of.
 */
@NullMarked
package dev.ganglion.decider.threshold;

import org.jspecify.annotations.NullMarked;
