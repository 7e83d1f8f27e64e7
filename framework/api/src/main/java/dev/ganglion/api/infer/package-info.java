/**
 * The third word: running models.
 *
 * <p>An {@link dev.ganglion.api.infer.Engine} loads a package and gives a {@link
 * dev.ganglion.api.infer.Model}: weights, shared by all streams. A {@link
 * dev.ganglion.api.infer.Session} is one stream through it, with its state. A {@link
 * dev.ganglion.api.infer.TokenSession} can also be fed with tokens, be rewound, and gives logits;
 * sampling and grammars are the framework's, over those logits, the same for every engine. {@link
 * dev.ganglion.api.infer.Steps} is a session that is being run by whoever reads it: what travels on
 * from {@code infer:}.
 */
@Export
@Version("1.0.0")
@NullMarked
package dev.ganglion.api.infer;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
