/**
 * Sound or text from whoever speaks the Wyoming protocol: Home Assistant, satellites, microphones.
 *
 * <p>{@link dev.ganglion.sensor.wyoming.WyomingSensor} opens a {@code Server}, to which clients
 * come, or a {@code Caller}, which goes to a satellite; {@code Settings} are its options. Either
 * gives each connection to a {@code Conversation} with a {@code Seat}: the stream that it is. It
 * turns events into samples, sound by way of {@code Pcm}, {@code Resampler} and {@code Blocks}, and
 * sends back what an {@code Answer} gathers from the route. {@code Service} is what is offered.
 */
@NullMarked
package dev.ganglion.sensor.wyoming;

import org.jspecify.annotations.NullMarked;
