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
 *     limits:                               # left out: refused, but with whenAbsent: allow
 *       - {action: "*", parameter: temperature, from: 16, to: 24}
 *       - {action: HassLightSet, parameter: brightness, to: 80, whenAbsent: allow}
 *     rate:
 *       - {action: HassTurnOn, everyMillis: 500}
 *       - {action: "*", perMinute: 60}
 *     hours: [{action: HassVacuumStart, within: "09:00-20:00"}]
 *     never:                                # each begins with any of its actions, ends likewise
 *       - - begins: [{action: HassTurnOn, name: heater}, {action: plug_on, name: heater}]
 *           ends: [{action: HassTurnOff, name: heater}, {action: plug_off, name: heater}]
 *           safeEnds: true                  # making the device safe ends it too
 *         - begins: [{action: HassTurnOn, name: cooler}, {action: plug_on, name: cooler}]
 *           ends: [{action: HassTurnOff, name: cooler}, {action: plug_off, name: cooler}]
 *     confirm:
 *       - {action: HassTurnOff, domain: lock, by: pin}
 *       - {action: HassTurnOn, domain: cover, by: operator}
 *     pin: "pbkdf2-sha256:…"                # what 'ganglion confirm --hash' prints
 *     confirmWithinSeconds: 60
 *     lockOutMinutes: 5                     # after three wrong PINs
 *     dryRun: false                         # true: everything is checked, nothing is asked
 *     safeAfterSilenceMillis: 600000        # without any decision for so long: made safe
 * </pre>
 *
 * <p><b>Rules are about things</b>, not about words: before each action the actuator says what it
 * would touch ({@link dev.ganglion.api.act.Actuator#touches}), by real names instead of others,
 * groups, places or floors. An action is allowed when each thing that it touches is; it is denied,
 * to be confirmed, counted, or begins a state, when any of them is meant. What a thing does not
 * have (a scene has no area) no rule about it means. Where an actuator does not know its things, a
 * rule is about parameters: what an action leaves open could mean everything, and where a parameter
 * takes any text, a rule about one of its values needs an {@code allow:} that lists all that may be
 * said. An action ends a state when it says each value that the pattern names. A key that no action
 * and no thing can have is refused. Words count whatever the case of their ASCII letters. For a
 * text, {@code limits} counts characters.
 *
 * <p><b>States</b> that must never hold together may hold until one of their {@code ends} was done:
 * after a start, under new rules, and after a failure nobody knows. Making the device safe ends
 * only those with {@code safeEnds: true}; one of these may hold while the other begins, because the
 * device is made safe before it.
 *
 * <p><b>The file</b> is read again when it changes, and holds at once: what waits is asked for
 * again, what was done before is not taken back. When it is broken or gone, the last version that
 * could be read holds; a device that it does not fit does nothing.
 *
 * <p><b>A device is made safe</b> when an action failed in the middle; when no decision came for
 * longer than {@code safeAfterSilenceMillis}, at the start too, unless it is safe already; before
 * an action that begins a state while another one may hold that being safe ends; and when its route
 * stops, by the end of the container, by the removal of its file or because something that it needs
 * is gone. It is left as it is when the route is edited, when its plug-in is replaced, when all
 * routes have come to their ends by themselves, and in a dry run in which nothing was asked before.
 * One that stays busy for ten seconds is made safe, and closed, all the same. A process that is
 * killed makes nothing safe: that is the device's own watchdog's.
 *
 * <p><b>The audit log</b> has a line before a device is asked and one with the outcome, which names
 * the first under {@code of}; refusals that come in a flood are counted in one line under {@code
 * times}. Without {@code audit: {text: true}} it has the lengths of open texts only. Four former
 * files are kept. The chain of checksums has no key: whoever can write the file can make a new one.
 *
 * <p><b>Time.</b> Rates and hours are judged by when a message was taken up, so that a replay has
 * the same outcome, and where a real device is asked by the clock as well (a tenth of a time may
 * lack there), so that messages that were held back do not come all at once. What a person
 * confirmed or took back is not in a recording. Wrong PINs are counted for each actuator, over
 * restarts.
 */
@Export
@Version("1.0.0")
@NullMarked
package dev.ganglion.runtime.act;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
