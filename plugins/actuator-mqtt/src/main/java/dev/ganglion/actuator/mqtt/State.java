package dev.ganglion.actuator.mqtt;

import java.util.Map;

/**
 * What a light or a plug is like. Immutable.
 *
 * @param on whether it is switched on
 * @param brightnessPercent of a light, 1 to 100; what it has when it is switched on again
 * @param rgb the colour of a light, 0xRRGGBB
 */
record State(boolean on, int brightnessPercent, int rgb) {
    /** What the action {@code light_colour} takes. */
    static final Map<String, Integer> COLOURS =
            Map.ofEntries(
                    Map.entry("white", 0xFFFFFF),
                    Map.entry("warm white", 0xFFC58F),
                    Map.entry("cool white", 0xD6EBFF),
                    Map.entry("red", 0xFF0000),
                    Map.entry("orange", 0xFFA500),
                    Map.entry("yellow", 0xFFFF00),
                    Map.entry("green", 0x00FF00),
                    Map.entry("cyan", 0x00FFFF),
                    Map.entry("blue", 0x0000FF),
                    Map.entry("purple", 0x800080),
                    Map.entry("pink", 0xFF69B4));

    static final State FIRST = new State(false, 100, 0xFFFFFF);

    State switched(boolean newOn) {
        return new State(newOn, brightnessPercent, rgb);
    }

    State coloured(int newRgb) {
        return new State(true, brightnessPercent, newRgb);
    }

    /** {@return switched on, with the nearest brightness that there is} */
    State bright(double percent) {
        return new State(true, (int) Math.max(1, Math.min(100, Math.round(percent))), rgb);
    }

    /** A light that is off stays off; one that is on never goes out by being dimmed. */
    State dimmedBy(double percent) {
        return on ? bright(brightnessPercent - percent) : this;
    }

    /** A light that is off comes on, from darkness. */
    State brightenedBy(double percent) {
        return bright((on ? brightnessPercent : 0) + percent);
    }
}
