/**
 * The Wyoming protocol, in which Home Assistant and voice services talk to each other: events with
 * JSON and, for sound, bytes.
 *
 * <p>A {@link dev.ganglion.wyoming.Wire} is a connection whose every read and write has a deadline;
 * an {@link dev.ganglion.wyoming.EventReader} takes {@link dev.ganglion.wyoming.Event}s from it and
 * refuses what is longer than its {@link dev.ganglion.wyoming.Limits} or lies about its lengths; an
 * {@link dev.ganglion.wyoming.EventWriter} sends them. No bundle exports this package; a plug-in
 * that needs it carries it inside.
 */
@NullMarked
package dev.ganglion.wyoming;

import org.jspecify.annotations.NullMarked;
