package dev.ganglion.runtime.act;

import dev.ganglion.api.act.Actuator;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which version of the owner's rules a gate is under, and with which other gates it shares its
 * device then. Thread-safe.
 */
final class Binding {
    /**
     * The rules of a version of the owner's file, and what is shared under it.
     *
     * @param misfit why nothing is done, because the version does not fit what the device can do
     */
    record Bound(EnvelopeFile file, EnvelopeRules rules, DeviceGuard guard, String misfit) {}

    private final String name;
    private final Actuator actuator;
    private final Options options;
    private final List<Parameter> known;
    private final Envelopes envelopes;
    private @Nullable ActionGate sharing;
    private volatile Bound bound;
    private volatile boolean closed;

    /**
     * Reads the rules; nothing is shared yet.
     *
     * @throws GanglionException of kind SETUP when they do not fit what the device can do
     */
    Binding(Actuator actuator, Options options, List<Parameter> known, Envelopes envelopes) {
        this.name = actuator.name();
        this.actuator = actuator;
        this.options = options;
        this.known = known;
        this.envelopes = envelopes;
        EnvelopeFile file = envelopes.file();
        this.bound = new Bound(file, read(file), new DeviceGuard(name), "");
    }

    private EnvelopeRules read(EnvelopeFile file) {
        return EnvelopeReader.read(file, name, actuator.actions(options), known, names());
    }

    private List<String> names() {
        return actuator.options().stream().map(Parameter::name).toList();
    }

    /** The device is open: it is shared from now on. */
    synchronized void share(ActionGate gate) {
        Bound now = bound;
        sharing = gate;
        DeviceGuard guard = envelopes.guard(key(now.rules()), gate);
        bound = new Bound(now.file(), now.rules(), guard, now.misfit());
    }

    /** The gate lets go: no other rules are taken over. */
    synchronized void close() {
        closed = true;
    }

    Bound now() {
        return bound;
    }

    /** What tells its device apart from others; the same file by any path is one. */
    private String key(EnvelopeRules limits) {
        List<String> target = limits.target();
        // Where the owner says nothing, only the same options are the same device for sure.
        return key(limits.file().isEmpty() ? names() : target == null ? List.of() : target);
    }

    private String key(List<String> optionNames) {
        StringBuilder key = new StringBuilder(name);
        for (String option : optionNames) {
            key.append('\n').append(option).append('=');
            key.append(options.has(option) ? real(option) : "");
        }
        return key.toString();
    }

    private Object real(String option) {
        Object value = options.value(option);
        try {
            return value instanceof String ? options.path(option).toRealPath() : value;
        } catch (IOException | InvalidPathException noFile) {
            return value;
        }
    }

    /** Whether another gate's device is this one for sure. */
    boolean isSameDevice(Binding other) {
        return other == this
                || bound.rules().target() != null
                || key(names()).equals(other.key(names()));
    }

    /**
     * {@return why the owner's file does not fit this device, so that it does nothing; or empty}
     */
    String misfit() {
        return bound.misfit();
    }

    /** Waits for this device's turn, under the rules that hold then; the caller ends the turn. */
    Bound takeTurn() {
        while (true) {
            rebind();
            Bound now = bound;
            now.guard().turn.lock();
            if ((now.file() == envelopes.file() || closed) && now == bound) {
                takeOver(now);
                return now;
            }
            now.guard().turn.unlock();
        }
    }

    private void takeOver(Bound now) {
        if (now.guard().follow(now.file(), now.rules(), envelopes.nowNanos())) {
            envelopes.confirmations().forget(now.guard());
        }
    }

    /** Takes the owner's newest rules over; a device that is busy does so with its next action. */
    void follow() {
        rebind();
        Bound now = bound;
        if (now.guard().takeTurn(envelopes.patienceMillis())) {
            try {
                if (now == bound) {
                    takeOver(now);
                }
            } finally {
                now.guard().turn.unlock();
            }
        }
    }

    private synchronized void rebind() {
        EnvelopeFile file = envelopes.file();
        ActionGate gate = sharing;
        Bound now = bound;
        if (now.file() == file || gate == null || closed) {
            return;
        }
        try {
            EnvelopeRules limits = read(file);
            DeviceGuard after = envelopes.guard(key(limits), gate);
            if (now.guard() != after) {
                now.guard().gates.remove(gate);
            }
            bound = new Bound(file, limits, after, "");
        } catch (RuntimeException | LinkageError e) {
            String misfit =
                    e instanceof GanglionException ? String.valueOf(e.getMessage()) : e.toString();
            bound =
                    new Bound(
                            file,
                            now.rules(),
                            now.guard(),
                            "act:"
                                    + name
                                    + " does nothing until the owner's file fits it: "
                                    + misfit);
        }
    }
}
