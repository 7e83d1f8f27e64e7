/**
 * A home that exists in memory only: what it is told to do is done to numbers, and each change is
 * printed.
 *
 * <p>{@link dev.ganglion.actuator.home.HomeActuator} opens devices. A {@code Plan} is what the file
 * says: rooms, devices, other names for both; {@code PlanFile} reads it. A {@code Home} is the
 * plan's state, shared by all who opened the same file; a {@code HomeDevice} is one route's access
 * to it, which turns actions into changes.
 *
 * <p>An {@code Intent} is a row of the table of Home Assistant's intents: which kinds of devices it
 * is for, which keys it has in which order, and what it does. {@code IntentParameters} makes its
 * parameters for one home, {@code Selection} finds the devices that it means, and a {@code
 * Performance} is one intent being performed.
 */
@NullMarked
package dev.ganglion.actuator.home;

import org.jspecify.annotations.NullMarked;
