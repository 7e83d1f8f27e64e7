/**
 * The second word: from what was noticed to what a model reads.
 *
 * <p>{@link dev.ganglion.api.encode.FeatureExtractor}s turn tensors into tensors (a spectrum, a
 * scaled window). {@link dev.ganglion.api.encode.Segmenter}s find the utterances in a stream that
 * does not say where they begin and end. {@link dev.ganglion.api.encode.Tokenizer}s read the
 * vocabulary file of a model and give a {@link dev.ganglion.api.encode.Vocabulary}, which turns
 * text into ids and ids into text. All work as {@link dev.ganglion.api.data.Stage}s: how the input
 * was cut does not show.
 */
@Export
@Version("1.0.0")
@NullMarked
package dev.ganglion.api.encode;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
