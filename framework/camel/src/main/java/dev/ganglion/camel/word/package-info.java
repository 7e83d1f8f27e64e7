/**
 * The five words as Camel schemes: {@code sense: encode: infer: decide: act:}.
 *
 * <p>{@link dev.ganglion.camel.word.Words} adds them to a Camel context. Each step of a route is a
 * producer (for {@code sense:} a consumer) over the runtime: it takes what it needs from the
 * message's body and puts there what the next word reads. What a message carries beside its body
 * (who spoke, since when, which lane it holds, what was decided) is its {@code Flow}.
 *
 * <p>Before there is a message: {@code SenseConsumer} takes samples from the sensor, through {@code
 * SampleThreads} when it cannot wait, and through a {@code Segmentation} when utterances have to be
 * found; a {@code Gathering} has messages of several streams make their steps at once. Beside it:
 * {@link dev.ganglion.camel.word.Recordings} and {@link dev.ganglion.camel.word.Replay}.
 */
@Export
@Version("1.0.0")
@NullMarked
package dev.ganglion.camel.word;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
