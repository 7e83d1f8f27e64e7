package dev.ganglion.sensor.series;

/** Reads numbers as people and programs write them, without leaving garbage for the usual ones. */
final class Decimal {
    /** Up to here, the powers of ten are exact as a double. */
    private static final double[] POWERS = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18, 1e19, 1e20, 1e21, 1e22
    };

    private static final int EXACT_DIGITS = 15;

    private Decimal() {}

    /**
     * {@return the double that is nearest to the number, or NaN when the text is none}
     *
     * <p>A sign, digits, a point, an exponent: nothing else that Java would take, such as {@code
     * 1f} or {@code 0x1p3}.
     */
    static double parse(String text) {
        int end = text.length();
        int at = 0;
        boolean negative = false;
        if (at < end && (text.charAt(at) == '-' || text.charAt(at) == '+')) {
            negative = text.charAt(at++) == '-';
        }
        long digits = 0;
        int significant = 0;
        int read = 0;
        int exponent = 0;
        boolean fraction = false;
        for (; at < end; at++) {
            char c = text.charAt(at);
            if (c == '.' && !fraction) {
                fraction = true;
                continue;
            }
            if (c < '0' || c > '9') {
                break;
            }
            read++;
            if (significant > 0 || c != '0') {
                significant++;
            }
            if (significant <= EXACT_DIGITS) {
                digits = 10 * digits + (c - '0');
            }
            exponent -= fraction ? 1 : 0;
        }
        if (read == 0) {
            return Double.NaN;
        }
        if (at < end && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
            int written = exponent(text, at + 1);
            if (written == Integer.MIN_VALUE) {
                return Double.NaN;
            }
            exponent += written;
            at = end;
        }
        if (at < end) {
            return Double.NaN;
        }
        if (significant > EXACT_DIGITS || Math.abs(exponent) >= POWERS.length) {
            return Double.parseDouble(text);
        }
        double value = exponent < 0 ? digits / POWERS[-exponent] : digits * POWERS[exponent];
        return negative ? -value : value;
    }

    /** {@return the exponent from a place to the end, or the least integer when there is none} */
    private static int exponent(String text, int from) {
        int at = from;
        boolean negative = false;
        if (at < text.length() && (text.charAt(at) == '-' || text.charAt(at) == '+')) {
            negative = text.charAt(at++) == '-';
        }
        int value = 0;
        if (at == text.length()) {
            return Integer.MIN_VALUE;
        }
        for (; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c < '0' || c > '9') {
                return Integer.MIN_VALUE;
            }
            // More than a double can have; the exact value does not matter then.
            value = Math.min(10 * value + (c - '0'), 10_000);
        }
        return negative ? -value : value;
    }
}
