package dev.ganglion.api.data;

import java.util.function.Consumer;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * The one streaming form: push an item, out come 0..n results, flush at the end. Implemented by
 * vendors.
 *
 * <p>Implementing classes must comply with the following:
 *
 * <ul>
 *   <li>How the input was cut does not show: the same content in other portions gives the same
 *       results after the flush.
 *   <li>A flush gives what is still held back and forgets everything: the next push starts a new
 *       utterance.
 *   <li>A result may be reused by the next call; the receiver copies what it keeps.
 *   <li>When a call throws, the stage is as after a flush whose results were dropped.
 *   <li>One thread at a time; {@link #close} may be called twice.
 * </ul>
 *
 * @param <I> what is pushed; valid only during the call
 * @param <O> what comes out
 */
@ConsumerType
public interface Stage<I, O> extends AutoCloseable {
    /** Takes one item and gives what is ready. */
    void push(I item, Consumer<? super O> out);

    /** Ends the utterance: gives what was held back and starts anew. */
    void flush(Consumer<? super O> out);

    /** Frees what the stage holds; does nothing unless overridden. */
    @Override
    default void close() {}
}
