/**
 * What stands between a decision and a device: a model never speaks to a device. {@link
 * dev.ganglion.runtime.act.ActionRules} say, in a file of the integrator's, which decision becomes
 * which action; {@link dev.ganglion.runtime.act.ActionGate} checks each action against what the
 * device declared and against what the owner says in {@code etc/envelope.yaml} ({@link
 * dev.ganglion.runtime.act.Envelopes}), whatever route or model asks; {@link
 * dev.ganglion.runtime.act.AuditLog} has each attempt. For example:
 *
 * <pre>
 * audit: {text: false, megabytes: 10}       # whether what was said is written; when it is rotated
 * actuators:
 *   home:                                   # of act:home, in all routes
 *     target: [home]                        # options that tell devices apart; without: all are one
 *     allow:                                # nothing else; without: all that is declared
 *       - {action: HassTurnOn, domain: [light, switch]}
 *       - HassTurnOff                       # with whatever parameters
 *     deny: [{action: "*", area: garage}]
 *     limits: [{action: HassClimateSetTemperature, parameter: temperature, from: 16, to: 24}]
 *     rate:
 *       - {action: HassTurnOn, everyMillis: 500}
 *       - {action: "*", perMinute: 60}
 *     hours: [{action: HassVacuumStart, within: "09:00-20:00"}]
 *     never:                                # each begins with any of its actions, ends likewise
 *       - - {begins: {action: HassTurnOn, name: heater}, ends: {action: HassTurnOff, name: heater}}
 *         - {begins: {action: HassTurnOn, name: cooler}, ends: {action: HassTurnOff, name: cooler}}
 *     confirm:
 *       - {action: HassTurnOff, domain: lock, by: pin}
 *       - {action: HassOpenCover, by: operator}
 *     pin: "pbkdf2-sha256:…"                # what 'ganglion confirm --hash' prints
 *     confirmWithinSeconds: 60
 *     lockOutMinutes: 5                     # after three wrong PINs
 *     dryRun: false                         # true: everything is checked, nothing is asked
 *     safeAfterSilenceMillis: 600000        # without any decision for so long: made safe
 * </pre>
 *
 * <p>An action is allowed, or ends a state, when it says each value that the pattern names; it is
 * denied, limited, to be confirmed, or begins a state, also when it leaves that open. Words count
 * whatever the case of their ASCII letters. Where a parameter takes any text, a rule about one of
 * its values needs an {@code allow:} that lists all that may be said: the device may know other
 * words for the same. For a text, {@code limits} counts characters.
 *
 * <p><b>A device is made safe</b> when an action failed in the middle; when no decision came for
 * longer than {@code safeAfterSilenceMillis}, at the start too, unless it is safe already; before
 * an action that begins a state of {@code never} while nobody knows which of them hold (at the
 * start, or under new rules); and when its route stops, by the end of the container, by the removal
 * of its file or because something that it needs is gone. It is left as it is when the route is
 * edited, when its plug-in is replaced, and when all routes have come to their ends by themselves.
 * A process that is killed makes nothing safe: that is the device's own watchdog's.
 *
 * <p><b>Time.</b> Rates and hours are judged by when a message was taken up, so that a replay has
 * the same outcome; what a person confirmed or took back is not in a recording.
 */
@Export
@Version("1.0.0")
@NullMarked
package dev.ganglion.runtime.act;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
