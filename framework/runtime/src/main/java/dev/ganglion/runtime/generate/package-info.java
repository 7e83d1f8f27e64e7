/**
 * How the next token of a model that generates is picked. {@link
 * dev.ganglion.runtime.generate.Sampling} says how, in one line of JSON, and a {@link
 * dev.ganglion.runtime.generate.Sampler} does it for one stream. A {@link
 * dev.ganglion.runtime.generate.Grammar} is read from GBNF, the notation of llama.cpp; its {@link
 * dev.ganglion.runtime.generate.GrammarMatcher} follows what one stream says, byte by byte, so that
 * a character may be cut between two tokens. {@link dev.ganglion.runtime.generate.ActionGrammar}
 * writes the grammar of what a home can do.
 *
 * <p>A grammar is parsed to {@code GrammarNode}s, and compiled by {@code GrammarCompiler} to a
 * {@code GrammarProgram} of a few instructions; the matcher keeps the set of places in it that what
 * was said so far may have come to.
 */
@Export
@Version("1.0.0")
@NullMarked
package dev.ganglion.runtime.generate;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
