/**
 * The bundle that is dropped into the container: a sensor that gives messages at a fixed rate, and
 * an observer that notes what became of each. Nothing is written and nothing but what the framework
 * itself makes per message is allocated while a run is under way.
 */
@NullMarked
package dev.ganglion.it.faults.load;

import org.jspecify.annotations.NullMarked;
