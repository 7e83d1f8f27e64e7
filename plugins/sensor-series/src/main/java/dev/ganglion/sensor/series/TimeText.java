package dev.ganglion.sensor.series;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.function.ToLongFunction;

/** Reads times; a time without a zone is taken as UTC, which is all that differences need. */
final class TimeText {
    /** What is no time. */
    static final long NONE = Long.MIN_VALUE;

    private static final int[] DAYS = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    private static final long DAY_MILLIS = 86_400_000;

    private TimeText() {}

    /**
     * {@return what reads a format: milliseconds, or {@link #NONE} when the text is no such time}
     *
     * @param format {@code iso}, {@code epochSeconds}, {@code epochMillis} or a pattern
     * @throws IllegalArgumentException when it is none of these
     */
    static ToLongFunction<String> reader(String format) {
        return switch (format) {
            case "iso" -> TimeText::iso;
            case "epochSeconds" -> text -> number(text, 1000);
            case "epochMillis" -> text -> number(text, 1);
            default -> {
                DateTimeFormatter formatter = DateTimeFormatter.ofPattern(format);
                yield text -> pattern(text, formatter);
            }
        };
    }

    private static long number(String text, int scale) {
        double millis = Decimal.parse(text) * scale;
        return Math.abs(millis) < 1e17 ? Math.round(millis) : NONE;
    }

    private static long pattern(String text, DateTimeFormatter formatter) {
        try {
            TemporalAccessor time =
                    formatter.parseBest(text, Instant::from, LocalDateTime::from, LocalDate::from);
            if (time instanceof Instant instant) {
                return instant.toEpochMilli();
            }
            LocalDateTime local =
                    time instanceof LocalDate date ? date.atStartOfDay() : LocalDateTime.from(time);
            return local.toInstant(ZoneOffset.UTC).toEpochMilli();
        } catch (DateTimeException | ArithmeticException noTime) {
            return NONE;
        }
    }

    /**
     * Reads {@code 2015-02-02}, then, after a T or a blank, {@code 14:19}, {@code :59}, {@code
     * .250} and {@code Z} or {@code +01:00}, each as far as there is more.
     */
    static long iso(String text) {
        int end = text.length();
        int year = digits(text, 0, 4);
        int month = digits(text, 5, 2);
        int day = digits(text, 8, 2);
        if (year < 0
                || month < 1
                || month > 12
                || day < 1
                || day > days(year, month)
                || text.charAt(4) != '-'
                || text.charAt(7) != '-') {
            return NONE;
        }
        long millis = days(year, month, day) * DAY_MILLIS;
        if (end == 10) {
            return millis;
        }
        int hour = digits(text, 11, 2);
        int minute = digits(text, 14, 2);
        if ((text.charAt(10) != 'T' && text.charAt(10) != ' ')
                || hour < 0
                || hour > 23
                || minute < 0
                || minute > 59
                || text.charAt(13) != ':') {
            return NONE;
        }
        millis += 3_600_000L * hour + 60_000L * minute;
        int at = 16;
        if (at < end && text.charAt(at) == ':') {
            int second = digits(text, at + 1, 2);
            if (second < 0 || second > 59) {
                return NONE;
            }
            millis += 1000L * second;
            at += 3;
            if (at < end && text.charAt(at) == '.') {
                int scale = 100;
                int first = ++at;
                for (; at < end && text.charAt(at) >= '0' && text.charAt(at) <= '9'; at++) {
                    millis += (long) scale * (text.charAt(at) - '0');
                    scale /= 10;
                }
                if (at == first) {
                    return NONE;
                }
            }
        }
        return zone(text, at, millis);
    }

    private static long zone(String text, int at, long millis) {
        if (at == text.length() || (text.charAt(at) == 'Z' && at + 1 == text.length())) {
            return millis;
        }
        char sign = text.charAt(at);
        int hours = digits(text, at + 1, 2);
        int minutes = digits(text, at + 4, 2);
        if ((sign != '+' && sign != '-')
                || hours < 0
                || hours > 18
                || minutes < 0
                || minutes > 59
                || text.charAt(at + 3) != ':'
                || text.length() != at + 6) {
            return NONE;
        }
        long offsetMillis = 3_600_000L * hours + 60_000L * minutes;
        return sign == '+' ? millis - offsetMillis : millis + offsetMillis;
    }

    /** {@return a number of so many digits, or -1 when they are not there} */
    private static int digits(String text, int from, int count) {
        if (text.length() < from + count) {
            return -1;
        }
        int value = 0;
        for (int i = from; i < from + count; i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            value = 10 * value + (c - '0');
        }
        return value;
    }

    private static boolean leap(int year) {
        return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    }

    private static int days(int year, int month) {
        return month == 2 && leap(year) ? 29 : DAYS[month - 1];
    }

    /** {@return the days from the start of 1970} */
    private static long days(int year, int month, int day) {
        int before = year - 1;
        long days = 365L * year + (year == 0 ? 0 : before / 4 - before / 100 + before / 400 + 1);
        for (int i = 1; i < month; i++) {
            days += days(year, i);
        }
        return days + day - 1 - 719_528;
    }
}
