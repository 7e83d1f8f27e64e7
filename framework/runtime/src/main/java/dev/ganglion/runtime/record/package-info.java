/**
 * What a route took up and what came of it, in one file, and whether the same comes of it again.
 *
 * <p>A {@link dev.ganglion.runtime.record.Recorder} writes while the route runs; a {@link
 * dev.ganglion.runtime.record.Recording} reads; an {@link dev.ganglion.runtime.record.OutcomeLog}
 * holds what must be equal of two runs. All of it is plain Java, for regression tests.
 */
@Export
@Version("1.0.0")
@NullMarked
package dev.ganglion.runtime.record;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
