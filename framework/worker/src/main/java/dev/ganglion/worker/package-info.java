/**
 * Engines in supervised processes of their own: a crash, a hang or a memory leak of native code
 * costs the message in flight and not the container.
 *
 * <p>A {@link dev.ganglion.worker.WorkerIsolation} loads a model with any engine into a {@link
 * dev.ganglion.worker.WorkerModel}: a process, started in a sandbox with an empty environment,
 * watched, and started again when it dies. Tensors lie in memory that both processes map, and each
 * step is one message each way over a Unix socket; the package {@code wire} says which.
 */
@Export
@Version("1.0.0")
@NullMarked
package dev.ganglion.worker;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
