/**
 * What happens to one message between its text or tensors and its decisions.
 *
 * <p>A {@link dev.ganglion.runtime.flow.Lane} is one line of work through one version of a model:
 * an encoder, a session and the deciders behind it, so that every answer comes from exactly one
 * version. {@link dev.ganglion.runtime.flow.Lanes} keeps the lanes of a route: one per utterance
 * under way, and the idle ones for whoever comes next. {@link
 * dev.ganglion.runtime.flow.SessionSteps} is the cursor that runs the session for whoever reads it,
 * {@link dev.ganglion.runtime.flow.Together} runs the first steps of several at once.
 */
@Export
@Version("1.0.0")
@NullMarked
package dev.ganglion.runtime.flow;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
