/**
 * The command: starts the image as a process, gives it a load, replaces and kills parts of it
 * meanwhile, and compares what happened with what was promised. {@link
 * dev.ganglion.it.faults.Faults} is the order of events, {@link dev.ganglion.it.faults.Fault} what
 * is done to the container, and the package {@code load} what runs inside of it.
 */
@NullMarked
package dev.ganglion.it.faults;

import org.jspecify.annotations.NullMarked;
