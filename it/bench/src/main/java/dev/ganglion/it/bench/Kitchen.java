package dev.ganglion.it.bench;

import dev.ganglion.api.act.Actuator;
import dev.ganglion.api.data.GanglionException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The actions of {@code routes/kitchen-commands/actions.yaml} as somebody would write them without
 * a framework. One thread.
 */
public final class Kitchen {
    private static final String ROOM = "room";
    private static final String KITCHEN = "kitchen";

    private final Actuator.Device home;

    /** Over a home that was opened; it stays the caller's. */
    public Kitchen(Actuator.Device home) {
        this.home = home;
    }

    /**
     * What was done.
     *
     * @param name the action of the device
     * @param parameters its parameters
     */
    public record Action(String name, Map<String, Object> parameters) {}

    /** {@return what was done; null when there is nothing to do, or the home has no such thing} */
    public @Nullable Action act(String intent, Map<String, Object> slots) {
        String name = name(intent);
        if (name == null) {
            return null;
        }
        Map<String, Object> parameters = parameters(intent, slots);
        try {
            home.perform(name, parameters);
        } catch (GanglionException noSuchThing) {
            return null;
        }
        return new Action(name, parameters);
    }

    private static @Nullable String name(String intent) {
        return switch (intent) {
            case "iot_hue_lighton" -> "light_on";
            case "iot_hue_lightoff" -> "light_off";
            case "iot_hue_lightdim" -> "light_dim";
            case "iot_hue_lightup" -> "light_brighten";
            case "iot_hue_lightchange" -> "light_colour";
            case "iot_wemo_on" -> "plug_on";
            case "iot_wemo_off" -> "plug_off";
            case "iot_coffee" -> "coffee_make";
            case "iot_cleaning" -> "vacuum_start";
            case "audio_volume_up" -> "volume_up";
            case "audio_volume_down" -> "volume_down";
            case "audio_volume_mute" -> "volume_mute";
            default -> null;
        };
    }

    private static Map<String, Object> parameters(String intent, Map<String, Object> slots) {
        Map<String, Object> parameters = new LinkedHashMap<>();
        switch (intent) {
            case "iot_hue_lightdim", "iot_hue_lightup" -> {
                parameters.put(ROOM, slots.getOrDefault("house_place", KITCHEN));
                parameters.put("by", number(slots.get("change_amount"), 20));
            }
            case "iot_hue_lightchange" -> {
                parameters.put(ROOM, slots.getOrDefault("house_place", KITCHEN));
                parameters.put("colour", slots.getOrDefault("color_type", "white"));
            }
            case "iot_wemo_on", "iot_wemo_off" -> {
                parameters.put("device", slots.getOrDefault("device_type", "plug"));
                parameters.put(ROOM, slots.getOrDefault("house_place", KITCHEN));
            }
            case "iot_cleaning" -> parameters.put(ROOM, slots.getOrDefault("house_place", "all"));
            case "iot_hue_lighton", "iot_hue_lightoff" ->
                    parameters.put(ROOM, slots.getOrDefault("house_place", KITCHEN));
            default -> parameters.put(ROOM, KITCHEN);
        }
        return parameters;
    }

    /** The first whole number in a phrase. */
    private static double number(@Nullable Object phrase, double byDefault) {
        if (phrase == null) {
            return byDefault;
        }
        String text = phrase.toString();
        int start = 0;
        while (start < text.length() && !Character.isDigit(text.charAt(start))) {
            start++;
        }
        int end = start;
        while (end < text.length() && Character.isDigit(text.charAt(end))) {
            end++;
        }
        return start == end ? byDefault : Integer.parseInt(text, start, end, 10);
    }
}
