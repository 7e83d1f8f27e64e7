/**
 * The plug-in {@code decide:labels}: the class with the highest score is the decision.
 *
 * <p>{@link dev.ganglion.decider.labels.LabelsDecider} finds out, before the first sample, which
 * output is read and what its classes are called. {@code LabelsStage} reads that output after each
 * step and leaves early. {@code Classes} knows what each class needs to be sure. {@code Best} does
 * the arithmetic on one row of scores.
 */
@NullMarked
package dev.ganglion.decider.labels;

import org.jspecify.annotations.NullMarked;
