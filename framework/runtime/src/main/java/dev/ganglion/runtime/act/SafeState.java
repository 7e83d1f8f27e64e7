package dev.ganglion.runtime.act;

import org.jspecify.annotations.Nullable;

/** Brings what routes have opened of a device into the state in which it can do no harm. */
final class SafeState {
    private SafeState() {}

    /**
     * Makes a device safe; the caller has its turn.
     *
     * @param only the gate whose device it is, or null for all that count as this one
     * @return what failed first, or null
     */
    static @Nullable RuntimeException make(
            DeviceGuard guard,
            @Nullable ActionGate only,
            AuditLog audit,
            String why,
            Origin origin) {
        if (guard.isUntouched()) {
            return null;
        }
        RuntimeException failure = null;
        boolean all = true;
        for (ActionGate each : guard.gates) {
            if (only == null || only.binding().isSameDevice(each.binding())) {
                RuntimeException second = make(each);
                failure = failure == null ? second : failure;
            } else {
                all = false;
            }
        }
        guard.madeSafe(all && failure == null);
        write(guard.actuator, failure, audit, why, origin);
        return failure;
    }

    /** Makes what one route has opened safe although the device is busy, which it must bear. */
    static @Nullable RuntimeException makeBusy(ActionGate gate, AuditLog audit, String why) {
        RuntimeException failure = make(gate);
        write(gate.actuator(), failure, audit, why + ", while it was still busy", Origin.UNKNOWN);
        return failure;
    }

    private static @Nullable RuntimeException make(ActionGate gate) {
        try {
            gate.device().makeSafe();
            return null;
        } catch (RuntimeException e) {
            return e;
        } catch (Error e) {
            return new IllegalStateException(e);
        }
    }

    private static void write(
            String actuator,
            @Nullable RuntimeException failure,
            AuditLog audit,
            String why,
            Origin origin) {
        audit.append(
                actuator,
                null,
                origin,
                failure == null ? "made safe" : "failed",
                failure == null ? why : why + ", and making it safe failed: " + failure);
    }
}
