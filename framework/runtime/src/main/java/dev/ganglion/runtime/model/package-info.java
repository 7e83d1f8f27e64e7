/**
 * Models as they lie on disk and as they serve.
 *
 * <p>A {@link dev.ganglion.runtime.model.ModelStore} finds packages under {@code
 * models/<name>/<version>/}, reads their {@link dev.ganglion.runtime.model.ModelCard} and verifies
 * every file before anybody may load it. The {@link dev.ganglion.runtime.model.ModelHost} loads a
 * model when it is first asked for, lends it out as {@link dev.ganglion.runtime.model.Lease}s, and
 * replaces it while leases are out: the next one gets the new version, the old one is closed with
 * its last lease. How it takes over is a {@link dev.ganglion.runtime.model.Strategy}: at once, or
 * after a probation as the one that answers, as a canary or as a shadow. Where it runs is an {@link
 * dev.ganglion.runtime.model.Isolation}. What was decided, and why, is kept for the operator.
 */
@Export
@Version("1.0.0")
@NullMarked
package dev.ganglion.runtime.model;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
