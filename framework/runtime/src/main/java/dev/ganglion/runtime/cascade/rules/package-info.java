/**
 * The stages of a cascade that need no generation. {@link
 * dev.ganglion.runtime.cascade.rules.SentenceRules} knows sentences by heart: templates in a file,
 * each with the whole action that it means. {@link
 * dev.ganglion.runtime.cascade.rules.ActionMapping} turns what a classifier understood (an intent
 * and slots) into the same actions. Both say nothing rather than something doubtful: null sends a
 * text on to the next stage.
 *
 * <p>Inside: {@code RulesYaml} reads a file with its lines, {@code TemplateParser} makes a {@code
 * Piece} of a template, {@code Compiler} a {@code Program} of it, which runs over the {@code Words}
 * of a text; {@code ReplyText} is what is said back.
 */
@Export
@Version("1.0.0")
@NullMarked
package dev.ganglion.runtime.cascade.rules;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
