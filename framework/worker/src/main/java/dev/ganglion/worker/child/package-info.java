/**
 * The worker process: loads one model with one engine and serves its sessions, each on a thread of
 * its own. Needs the classes of the api and of {@code dev.ganglion.worker.wire}, and those of the
 * engine, nothing else.
 */
@NullMarked
package dev.ganglion.worker.child;

import org.jspecify.annotations.NullMarked;
