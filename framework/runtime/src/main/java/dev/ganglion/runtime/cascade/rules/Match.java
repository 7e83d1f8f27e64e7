package dev.ganglion.runtime.cascade.rules;

import dev.ganglion.api.data.Decision;

/**
 * A whole action and what is said about it.
 *
 * @param decision its name is the intent, its parameters are text, {@link Long}, {@link Double} or
 *     {@link Boolean}
 * @param reply a sentence for whoever asked, with the values filled in
 */
public record Match(Decision decision, String reply) {}
