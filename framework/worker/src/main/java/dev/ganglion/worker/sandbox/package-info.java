/**
 * What a worker process may touch: its own two folders, what it must read to run, and no network.
 * {@link dev.ganglion.worker.sandbox.Sandbox} chooses what this machine has.
 */
@NullMarked
package dev.ganglion.worker.sandbox;

import org.jspecify.annotations.NullMarked;
