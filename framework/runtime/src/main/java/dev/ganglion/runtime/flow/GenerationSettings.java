package dev.ganglion.runtime.flow;

import dev.ganglion.runtime.generate.Grammar;
import dev.ganglion.runtime.generate.Sampling;
import dev.ganglion.runtime.model.Lease;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How a route has a model generate. A lane keeps what it made for one settings object, so a route
 * makes one and keeps it.
 *
 * @param sampling how the next token is picked
 * @param grammar what one version of a model may say; null from it for anything
 * @param maxTokens how many tokens an answer has at most, if the card of the model says no less
 */
public record GenerationSettings(
        Sampling sampling, Function<Lease, @Nullable Grammar> grammar, int maxTokens) {}
