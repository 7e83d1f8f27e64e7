/**
 * The plug-in {@code decide:nearest}: an intent is described by a few sentences in a file, and a
 * sentence encoder says which intent a new sentence is closest to. No training.
 *
 * <p>{@link dev.ganglion.decider.nearest.NearestDecider} compares the model's card with the options
 * before the first sample. {@code ExamplesFile} reads the sentences. {@code SentenceVector} turns
 * what the model gives into one vector of length 1. {@code NearestStage} holds one vector per
 * intent and compares. {@code Pooling} is how the vectors of the tokens become one.
 */
@NullMarked
package dev.ganglion.decider.nearest;

import org.jspecify.annotations.NullMarked;
