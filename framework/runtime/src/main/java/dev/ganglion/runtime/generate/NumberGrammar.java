package dev.ganglion.runtime.generate;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/** Writes the numbers of a range as alternatives of GBNF: which digits may follow which. */
final class NumberGrammar {
    private NumberGrammar() {}

    /**
     * {@return all numbers from {@code minimum} to {@code maximum} with at most so many decimals}
     * Without leading zeros, exponents or a negative zero; empty when there is none.
     */
    static String of(BigDecimal minimum, BigDecimal maximum, int decimals) {
        List<String> found = new ArrayList<>();
        for (int places = 0; places <= decimals; places++) {
            long least =
                    minimum.movePointRight(places)
                            .setScale(0, RoundingMode.CEILING)
                            .longValueExact();
            long most =
                    maximum.movePointRight(places).setScale(0, RoundingMode.FLOOR).longValueExact();
            add("", Math.max(least, 0), most, places, found);
            add("\"-\" ", Math.max(-most, 1), -least, places, found);
        }
        return String.join(" | ", found);
    }

    /** Adds the numbers from least to most, of which the last digits are decimals. */
    private static void add(String sign, long least, long most, int places, List<String> into) {
        if (least > most) {
            return;
        }
        // One digit at least stands before the point.
        String first = padded(least, places + 1);
        String last = padded(most, places + 1);
        for (int length = first.length(); length <= last.length(); length++) {
            String from = length == first.length() ? first : "1" + "0".repeat(length - 1);
            String to = length == last.length() ? last : "9".repeat(length);
            List<String> patterns = new ArrayList<>();
            between("", from, to, length - places, patterns);
            for (String pattern : patterns) {
                into.add(sign + pattern.strip());
            }
        }
    }

    private static String padded(long value, int length) {
        String digits = Long.toString(value);
        return "0".repeat(Math.max(0, length - digits.length())) + digits;
    }

    /**
     * Adds patterns of the digits from one number to another of the same length.
     *
     * @param before what stands before them
     * @param untilPoint how many of them stand before the point; the point is not said after the
     *     last digit
     */
    private static void between(
            String before, String from, String to, int untilPoint, List<String> into) {
        if (from.isEmpty()) {
            into.add(before);
            return;
        }
        String point = untilPoint == 0 ? before + " \".\"" : before;
        if (all(from, '0') && all(to, '9')) {
            into.add(point + anyDigits(from.length(), untilPoint == 0 ? -1 : untilPoint));
            return;
        }
        char low = from.charAt(0);
        char high = to.charAt(0);
        String lows = from.substring(1);
        String highs = to.substring(1);
        if (low == high) {
            between(point + " \"" + low + "\"", lows, highs, untilPoint - 1, into);
            return;
        }
        if (!all(lows, '0')) {
            String nines = "9".repeat(lows.length());
            between(point + " \"" + low + "\"", lows, nines, untilPoint - 1, into);
            low++;
        }
        char middle = all(highs, '9') ? high : (char) (high - 1);
        if (low <= middle) {
            String digit = low == middle ? " \"" + low + "\"" : " [" + low + "-" + middle + "]";
            into.add(point + digit + anyDigits(highs.length(), untilPoint - 1));
        }
        if (middle != high) {
            String zeros = "0".repeat(highs.length());
            between(point + " \"" + high + "\"", zeros, highs, untilPoint - 1, into);
        }
    }

    private static boolean all(String digits, char digit) {
        return digits.chars().allMatch(each -> each == digit);
    }

    /** Any digits; {@code untilPoint} is less than 0 when the point was said before. */
    private static String anyDigits(int digits, int untilPoint) {
        if (untilPoint < 0 || untilPoint >= digits) {
            return times(digits);
        }
        return times(untilPoint) + " \".\"" + times(digits - untilPoint);
    }

    private static String times(int digits) {
        return digits == 0 ? "" : digits == 1 ? " [0-9]" : " [0-9]{" + digits + "}";
    }
}
