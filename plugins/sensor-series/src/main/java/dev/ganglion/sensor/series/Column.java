package dev.ganglion.sensor.series;

import java.util.Map;

/**
 * One number that the model wants.
 *
 * @param name what it is called, without a unit; where there are no names, its number from 1
 * @param unit UCUM
 * @param words what is written in place of numbers; empty when only numbers are
 */
record Column(String name, String unit, Map<String, Double> words) {
    /**
     * {@return the value of a cell, NaN when there is none that a float can hold}
     *
     * @param cell without blanks around it
     */
    float value(String cell) {
        Double word = words.get(cell);
        float value = (float) (word == null ? Decimal.parse(cell) : word);
        return Float.isFinite(value) ? value : Float.NaN;
    }

    /** {@return what a cell may hold, as the end of a sentence} */
    String expected() {
        return words.isEmpty()
                ? "a number was expected"
                : "a number or one of "
                        + String.join(", ", words.keySet().stream().sorted().toList())
                        + " was expected";
    }
}
