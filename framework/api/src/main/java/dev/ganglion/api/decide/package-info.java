/**
 * The fourth word: a {@link dev.ganglion.api.decide.Decider} reads what a model computes and says
 * what was understood.
 */
@Export
@Version("1.0.0")
@NullMarked
package dev.ganglion.api.decide;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
