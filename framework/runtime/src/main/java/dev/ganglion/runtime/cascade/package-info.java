/**
 * Who is asked when something was said: rules first, then a small model, then a larger one, then
 * perhaps another machine. Whoever is sure ends it, and the next utterance begins with the first
 * again.
 *
 * <ul>
 *   <li>{@code cascade.rules} reads sentences, and turns what a small model understands into whole
 *       actions;
 *   <li>{@link dev.ganglion.runtime.cascade.PeerRules} is the owner's word on what may leave the
 *       machine, and {@link dev.ganglion.runtime.cascade.Peer} asks another one;
 *   <li>{@link dev.ganglion.runtime.cascade.Pace} knows how long a stage takes, so that none is
 *       asked for whom there is no time left.
 * </ul>
 */
@Export
@Version("1.0.0")
@NullMarked
package dev.ganglion.runtime.cascade;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
