/**
 * The plug-in {@code decide:slots}: an intent, and the details that were said with it, from a model
 * that scores both at once (the joint models known from BERT: one row for the sentence, one row per
 * token).
 *
 * <p>{@link dev.ganglion.decider.slots.SlotsDecider} compares the model's card with the options
 * before the first sample. {@code Tags} is what the slot labels mean. {@code SlotsStage} works on
 * one message: the intent by {@code Scores}, the slots by {@code SlotReader}, which walks over the
 * words, and by {@code SlotText}, which cuts their text out.
 */
@NullMarked
package dev.ganglion.decider.slots;

import org.jspecify.annotations.NullMarked;
