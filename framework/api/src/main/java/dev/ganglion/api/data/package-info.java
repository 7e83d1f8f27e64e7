/**
 * What travels through a pipeline, in the order in which it appears.
 *
 * <h2>From the outside</h2>
 *
 * A sensor gives {@link dev.ganglion.api.data.Sample}s: a value that says who spoke, when, and
 * whether an utterance ends with it. Whatever has a name and options in a route is a {@link
 * dev.ganglion.api.data.Plugin}; its {@link dev.ganglion.api.data.Parameter}s declare the options,
 * and {@link dev.ganglion.api.data.Options} are the checked values.
 *
 * <h2>Numbers</h2>
 *
 * {@link dev.ganglion.api.data.Tensor} is a typed view of memory that its owner keeps and reuses.
 * {@link dev.ganglion.api.data.TensorSpec} is what two neighbours agree on before the first sample.
 * {@link dev.ganglion.api.data.Tokens} are ids that remember which part of the text they stand for.
 *
 * <h2>Motion</h2>
 *
 * {@link dev.ganglion.api.data.Stage} is the one streaming form: push an item, take none, one or
 * many results, flush at the end. {@link dev.ganglion.api.data.Decision} is what was understood.
 *
 * <h2>When it fails</h2>
 *
 * {@link dev.ganglion.api.data.GanglionException} says what the caller can do about it.
 */
@Export
@Version("1.0.0")
@NullMarked
package dev.ganglion.api.data;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
