package dev.ganglion.actuator.home;

import java.util.Map;

/** How lights become brighter and darker; all in percent of the full brightness. */
final class Lights {
    private Lights() {}

    /** Sets it; 0 switches off and leaves the brightness for the next time. */
    static void set(Map<String, Object> state, long brightness) {
        state.put("on", brightness > 0);
        if (brightness > 0) {
            state.put("brightness", brightness);
        }
    }

    /** Brighter by a positive step, darker by a negative one. */
    static void step(Map<String, Object> state, long step) {
        if (step > 0) {
            brighten(state, step);
        } else {
            dim(state, -step);
        }
    }

    /** A light that is off stays off; one that is on never goes out by being dimmed. */
    static void dim(Map<String, Object> state, long by) {
        if (Boolean.TRUE.equals(state.get("on"))) {
            state.put("brightness", Math.max(1, brightness(state) - by));
        }
    }

    /** A light that is off comes on, from darkness. */
    static void brighten(Map<String, Object> state, long by) {
        long from = Boolean.TRUE.equals(state.put("on", true)) ? brightness(state) : 0;
        state.put("brightness", Math.min(100, from + Math.max(1, by)));
    }

    private static long brightness(Map<String, Object> state) {
        return state.get("brightness") instanceof Long brightness ? brightness : 0;
    }
}
